/** The words of projects, of what lies on disk, and of updates. */
export default {
  'class.unsaved': '{count} non enregistrées',
  'class.saving': 'En route vers le disque',
  'project.defaultName': 'Mon projet',
  'project.copyName': '{name} (copie)',
  'project.name': 'Nom du projet',
  'project.continued': 'Tu reprends là où tu étais : « {name} », {pictures}.',
  'project.now': 'Ouvert maintenant',
  'project.open': 'Ouvrir',
  'project.new': 'Nouveau projet',
  'project.duplicate': 'Faire une copie',
  'project.delete': 'Supprimer',
  'project.back': 'Récupérer',
  'project.deleted': 'Supprimé. Il peut revenir pendant une heure.',
  'project.newer': 'Fait avec une version plus récente de cette page. Il reste comme il est.',
  'project.elsewhere': 'Ouvert dans un autre onglet',
  'project.usage': 'Tous les projets prennent {used} sur cet appareil. Environ {free} sont libres.',
  'project.persisted': 'Le navigateur a promis de les garder.',
  'project.notPersisted':
    'Si la place manque, le navigateur peut les effacer : enregistre aussi l’important dans un fichier.',
  'project.littleRoom':
    'Il y a peu de place ici. Dans une fenêtre privée, tout disparaît à la fermeture : enregistre tes images dans un fichier.',
  'project.off': 'Rien n’est gardé ici : enregistre tes images dans un fichier avant de fermer la page.',
  'project.damaged': 'Ceci était abîmé sur le disque et a été laissé de côté : {what}. Tout le reste est là.',
  'project.lost.training': 'ce qui était appris (il apprend de nouveau)',
  'project.lost.round': 'un entraînement interrompu (il peut recommencer)',
  'project.lost.record': 'des détails du projet',
  'project.lost.pictures': {
    one: '{count} image de « {name} »',
    other: '{count} images de « {name} »',
  },
  'project.elsewhere.title': 'Déjà ouvert',
  'project.elsewhere.text': '« {name} » est ouvert dans un autre onglet. Un seul onglet à la fois peut le changer.',
  'project.newer.title': 'Fait avec une version plus récente',
  'project.newer.text':
    '« {name} » a été fait avec une version plus récente de cette page. Il reste comme il est. Mets la page à jour pour l’ouvrir.',
  'project.taken.title': 'Un autre onglet continue',
  'project.taken.text': 'Un autre onglet a pris « {name} ». Ce que tu fais ici n’est pas gardé.',
  'project.superseded.title': 'Une version plus récente est ouverte',
  'project.superseded.text':
    'Une version plus récente de cette page est ouverte dans un autre onglet. Recharge cette page pour continuer.',
  'project.takeOver': 'Continuer ici',
  'project.takeBack': 'Le reprendre',
  'project.openCopy': 'Ouvrir une copie',
  'project.reload': 'Recharger',
  'notice.projectCopied': '« {name} » a été copié.',
  'notice.projectDeleted': '« {name} » a été supprimé.',
  'error.storage-full':
    'Le disque est plein : les nouvelles images ne sont pas enregistrées. Enregistre tes images dans un fichier ou supprimes-en.',
  'error.storage-low':
    'Il ne reste qu’environ {free} pour enregistrer. Enregistre bientôt tes images dans un fichier, ou supprimes-en.',
  'error.storage-failed':
    'Quelque chose n’a pas pu être enregistré. On essaie encore. Pour être sûr, enregistre tes images dans un fichier.',
  'error.storage-closed':
    'Ce navigateur ne garde rien ici (peut-être une fenêtre privée). Enregistre tes images dans un fichier avant de fermer la page.',
  'error.storage-newer': 'Une version plus récente de cette page garde ses projets ici. Recharge la page pour l’avoir.',
  'error.storage-taken': 'Un autre onglet a ce projet.',
  'update.ready': 'Une nouvelle version de cette page est prête.',
  'update.now': 'L’utiliser maintenant',
  'update.others': 'Ferme d’abord les autres onglets de cette page, puis utilise la nouvelle version.',
};
