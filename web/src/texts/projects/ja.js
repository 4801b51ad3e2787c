/** The words of projects, of what lies on disk, and of updates. */
export default {
  'class.unsaved': '未保存 {count} 枚',
  'class.saving': 'ディスクに保存中',
  'project.defaultName': 'わたしのプロジェクト',
  'project.copyName': '{name}（コピー）',
  'project.name': 'プロジェクトの名前',
  'project.continued': '前の続きです：「{name}」、{pictures}。',
  'project.now': 'いま開いています',
  'project.open': '開く',
  'project.new': '新しいプロジェクト',
  'project.duplicate': 'コピーを作る',
  'project.delete': '削除',
  'project.back': '元に戻す',
  'project.deleted': '削除しました。1時間のあいだは元に戻せます。',
  'project.newer': 'このページの新しいバージョンで作られました。そのまま残します。',
  'project.elsewhere': 'ほかのタブで開いています',
  'project.usage': 'すべてのプロジェクトで {used} 使っています。空きは約 {free} です。',
  'project.persisted': 'ブラウザーは消さないと約束しています。',
  'project.notPersisted':
    '空きが少なくなるとブラウザーが消すことがあります。大切なものはファイルにも保存してください。',
  'project.littleRoom':
    'ここは空きが少ないです。プライベートウィンドウなら閉じるとすべて消えます。写真をファイルに保存してください。',
  'project.off': 'ここには何も残りません。ページを閉じる前に写真をファイルに保存してください。',
  'project.damaged': 'ディスク上でこわれていたため除きました：{what}。ほかはすべてあります。',
  'project.lost.training': '学んだ結果（もう一度学びます）',
  'project.lost.round': 'とちゅうで止まった学習（もう一度始められます）',
  'project.lost.record': 'プロジェクトの情報',
  'project.lost.pictures': { other: '「{name}」の写真 {count} 枚' },
  'project.elsewhere.title': 'もう開いています',
  'project.elsewhere.text': '「{name}」はほかのタブで開いています。変更できるのは一度に一つのタブだけです。',
  'project.newer.title': '新しいバージョンで作られました',
  'project.newer.text':
    '「{name}」はこのページの新しいバージョンで作られました。そのまま残します。開くにはページを更新してください。',
  'project.taken.title': 'ほかのタブでつづいています',
  'project.taken.text': '「{name}」はほかのタブに移りました。ここでしたことは残りません。',
  'project.superseded.title': '新しいバージョンが開いています',
  'project.superseded.text':
    'このページの新しいバージョンがほかのタブで開いています。つづけるにはこのページを読み込み直してください。',
  'project.takeOver': 'ここでつづける',
  'project.takeBack': '取り戻す',
  'project.openCopy': 'コピーを開く',
  'project.reload': '読み込み直す',
  'notice.projectCopied': '「{name}」をコピーしました。',
  'notice.projectDeleted': '「{name}」を削除しました。',
  'error.storage-full':
    'ディスクがいっぱいで、新しい写真を保存できません。写真をファイルに保存するか、いくつか削除してください。',
  'error.storage-low':
    '保存できる空きは残り約 {free} です。早めに画像をファイルに保存するか、いくつか削除してください。',
  'error.storage-failed': '保存できないものがありました。もう一度試します。念のため写真をファイルに保存してください。',
  'error.storage-closed':
    'このブラウザーはここに何も残しません（プライベートウィンドウかもしれません）。ページを閉じる前に写真をファイルに保存してください。',
  'error.storage-newer':
    'このページの新しいバージョンがここにプロジェクトを保存しています。ページを読み込み直してください。',
  'error.storage-taken': 'このプロジェクトはほかのタブにあります。',
  'update.ready': 'このページの新しいバージョンの準備ができました。',
  'update.now': 'いま使う',
  'update.others': '先にこのページのほかのタブを閉じてから、新しいバージョンを使ってください。',
};
