/** The words of projects, of what lies on disk, and of updates. */
export default {
  'class.unsaved': '{count} nicht gespeichert',
  'class.saving': 'Auf dem Weg zur Festplatte',
  'project.defaultName': 'Mein Projekt',
  'project.copyName': '{name} (Kopie)',
  'project.name': 'Name des Projekts',
  'project.continued': 'Weiter, wo du warst: „{name}“, {pictures}.',
  'project.now': 'Gerade offen',
  'project.open': 'Öffnen',
  'project.new': 'Neues Projekt',
  'project.duplicate': 'Kopieren',
  'project.delete': 'Löschen',
  'project.back': 'Zurückholen',
  'project.deleted': 'Gelöscht. Eine Stunde lang kann es zurückkommen.',
  'project.newer': 'Von einer neueren Version dieser Seite. Es bleibt, wie es ist.',
  'project.elsewhere': 'In einem anderen Tab offen',
  'project.usage': 'Alle Projekte brauchen {used} auf diesem Gerät. Etwa {free} sind frei.',
  'project.persisted': 'Der Browser hat versprochen, sie zu behalten.',
  'project.notPersisted':
    'Wenn der Speicher knapp wird, kann der Browser sie löschen: Speichere Wichtiges auch als Datei.',
  'project.littleRoom':
    'Hier ist wenig Platz. In einem privaten Fenster ist alles weg, wenn es geschlossen wird: Speichere deine Bilder als Datei.',
  'project.off': 'Hier wird nichts aufgehoben: Speichere deine Bilder als Datei, bevor du die Seite schließt.',
  'project.damaged': 'Das war auf der Festplatte beschädigt und fehlt jetzt: {what}. Alles andere ist da.',
  'project.lost.training': 'das Gelernte (es wird neu gelernt)',
  'project.lost.round': 'ein unterbrochenes Training (es kann neu beginnen)',
  'project.lost.record': 'Angaben zum Projekt',
  'project.lost.pictures': { one: '{count} Bild von „{name}“', other: '{count} Bilder von „{name}“' },
  'project.elsewhere.title': 'Schon offen',
  'project.elsewhere.text': '„{name}“ ist in einem anderen Tab offen. Immer nur ein Tab kann es ändern.',
  'project.newer.title': 'Von einer neueren Version',
  'project.newer.text':
    '„{name}“ kommt von einer neueren Version dieser Seite. Es bleibt, wie es ist. Aktualisiere die Seite, um es zu öffnen.',
  'project.taken.title': 'Ein anderer Tab macht weiter',
  'project.taken.text': '„{name}“ wurde von einem anderen Tab übernommen. Was du hier tust, wird nicht aufgehoben.',
  'project.superseded.title': 'Eine neuere Version ist offen',
  'project.superseded.text':
    'Eine neuere Version dieser Seite ist in einem anderen Tab offen. Lade diese Seite neu, um weiterzumachen.',
  'project.takeOver': 'Hier weitermachen',
  'project.takeBack': 'Zurückholen',
  'project.openCopy': 'Kopie öffnen',
  'project.reload': 'Neu laden',
  'notice.projectCopied': '„{name}“ wurde kopiert.',
  'notice.projectDeleted': '„{name}“ wurde gelöscht.',
  'error.storage-full':
    'Der Speicher ist voll: Neue Bilder werden nicht gespeichert. Speichere deine Bilder als Datei oder lösche einige.',
  'error.storage-low':
    'Zum Speichern sind nur noch etwa {free} frei. Speichere deine Bilder bald als Datei, oder lösche einige.',
  'error.storage-failed':
    'Etwas konnte nicht gespeichert werden. Es wird noch einmal versucht. Speichere deine Bilder sicherheitshalber als Datei.',
  'error.storage-closed':
    'Dieser Browser hebt hier nichts auf (vielleicht ein privates Fenster). Speichere deine Bilder als Datei, bevor du die Seite schließt.',
  'error.storage-newer':
    'Eine neuere Version dieser Seite hat hier ihre Projekte. Lade die Seite neu, um sie zu bekommen.',
  'error.storage-taken': 'Ein anderer Tab hat dieses Projekt.',
  'update.ready': 'Eine neue Version dieser Seite ist bereit.',
  'update.now': 'Jetzt benutzen',
  'update.others': 'Schließe erst die anderen Tabs dieser Seite, dann nimm die neue Version.',
  'projects.title': 'Projekte',
  'keep.saving': 'Packt die Bilder ein',
  'project.file': 'Als Datei speichern',
  'project.file.about': 'Um es auf ein anderes Gerät mitzunehmen oder um ganz sicherzugehen.',
};
