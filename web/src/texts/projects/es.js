/** The words of projects, of what lies on disk, and of updates. */
export default {
  'class.unsaved': '{count} sin guardar',
  'class.saving': 'De camino al disco',
  'project.defaultName': 'Mi proyecto',
  'project.copyName': '{name} (copia)',
  'project.name': 'Nombre del proyecto',
  'project.continued': 'Sigues donde estabas: «{name}», {pictures}.',
  'project.now': 'Abierto ahora',
  'project.open': 'Abrir',
  'project.new': 'Proyecto nuevo',
  'project.duplicate': 'Hacer una copia',
  'project.delete': 'Borrar',
  'project.back': 'Recuperar',
  'project.deleted': 'Borrado. Se puede recuperar durante una hora.',
  'project.newer': 'Hecho con una versión más nueva de esta página. Se queda como está.',
  'project.elsewhere': 'Abierto en otra pestaña',
  'project.usage': 'Todos los proyectos ocupan {used} en este dispositivo. Quedan unos {free} libres.',
  'project.persisted': 'El navegador ha prometido guardarlos.',
  'project.notPersisted': 'Si falta espacio, el navegador puede borrarlos: guarda también lo importante en un archivo.',
  'project.littleRoom':
    'Aquí hay poco espacio. En una ventana privada todo desaparece al cerrarla: guarda tus imágenes en un archivo.',
  'project.off': 'Aquí no se guarda nada: guarda tus imágenes en un archivo antes de cerrar la página.',
  'project.damaged': 'Esto estaba dañado en el disco y se ha dejado fuera: {what}. Todo lo demás está aquí.',
  'project.lost.training': 'lo aprendido (se aprende de nuevo)',
  'project.lost.round': 'un entrenamiento interrumpido (puede empezar de nuevo)',
  'project.lost.record': 'datos del proyecto',
  'project.lost.pictures': {
    one: '{count} imagen de «{name}»',
    other: '{count} imágenes de «{name}»',
  },
  'project.elsewhere.title': 'Ya está abierto',
  'project.elsewhere.text': '«{name}» está abierto en otra pestaña. Solo una pestaña a la vez puede cambiarlo.',
  'project.newer.title': 'Hecho con una versión más nueva',
  'project.newer.text':
    '«{name}» se hizo con una versión más nueva de esta página. Se queda como está. Actualiza la página para abrirlo.',
  'project.taken.title': 'Otra pestaña sigue',
  'project.taken.text': 'Otra pestaña se ha quedado con «{name}». Lo que hagas aquí no se guarda.',
  'project.superseded.title': 'Hay una versión más nueva abierta',
  'project.superseded.text':
    'Una versión más nueva de esta página está abierta en otra pestaña. Carga esta página de nuevo para seguir.',
  'project.takeOver': 'Seguir aquí',
  'project.takeBack': 'Recuperarlo',
  'project.openCopy': 'Abrir una copia',
  'project.reload': 'Cargar de nuevo',
  'notice.projectCopied': '«{name}» se ha copiado.',
  'notice.projectDeleted': '«{name}» se ha borrado.',
  'error.storage-full':
    'El disco está lleno: las imágenes nuevas no se guardan. Guarda tus imágenes en un archivo o borra algunas.',
  'error.storage-low':
    'Solo quedan unos {free} para guardar. Guarda pronto tus imágenes como archivo, o borra algunas.',
  'error.storage-failed':
    'Algo no se pudo guardar. Se intenta otra vez. Por si acaso, guarda tus imágenes en un archivo.',
  'error.storage-closed':
    'Este navegador no guarda nada aquí (quizá es una ventana privada). Guarda tus imágenes en un archivo antes de cerrar la página.',
  'error.storage-newer':
    'Una versión más nueva de esta página guarda aquí sus proyectos. Carga la página de nuevo para usarla.',
  'error.storage-taken': 'Otra pestaña tiene este proyecto.',
  'update.ready': 'Hay una versión nueva de esta página.',
  'update.now': 'Usarla ahora',
  'update.others': 'Cierra primero las otras pestañas de esta página y luego usa la versión nueva.',
};
