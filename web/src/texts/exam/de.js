export default {
  'exam.title': 'Prüfung',
  'exam.about':
    'Nimm hier neue Bilder auf, am besten an einem anderen Tag oder Ort. Nach ihnen wird nur gefragt, gelernt wird aus ihnen nie.',
  'exam.empty': 'Noch keine Prüfbilder.',
  'exam.right': '{right} von {count} richtig',
  'exam.promised': 'So gut ist es bei neuen Bildern. Mit den eigenen hat es {part} versprochen.',
  'exam.unknown': { one: '{count} Bild hieß „Nichts davon“.', other: '{count} Bilder hießen „Nichts davon“.' },
  'exam.waiting': 'Prüfbild {number}: noch nicht gefragt',
  'exam.tileRight': 'Prüfbild {number}: {name}, richtig',
  'exam.tileWrong': 'Prüfbild {number}: {name} genannt, falsch',
  'exam.remove': 'Prüfbild {number} entfernen',
  'exam.word.remove': 'Entfernen',
  'exam.record': '10 aufnehmen',
  'exam.recordOf': '10 Prüfbilder von {name} aufnehmen',
  'exam.files': 'Dateien wählen',
  'exam.filesOf': 'Prüfbilder von {name} wählen',
  'exam.clear': 'Alle Prüfbilder entfernen',
  'exam.unreadable': {
    one: '{count} Datei war nicht lesbar: {names}',
    other: '{count} Dateien waren nicht lesbar: {names}',
  },
};
