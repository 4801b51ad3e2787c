// Keeps the page's words its own under a browser's translation.
//
// Translators put each text into an element of their own (`font`). What draws the page then writes into a text that is no
// longer shown: "0 pictures" stays while there are 24. The page asks not to be translated; where one does so all the same,
// its texts are taken out of those elements again, translated as they are, and stay alive.

/** A translator that will not leave it be is left to itself, rather than fought for ever. */
const MOST_TIMES = 2000;

/** @param {HTMLElement} root */
export function keepTextsWhole(root) {
  let times = 0;
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (node instanceof HTMLElement && node.localName === 'font') {
          node.replaceWith(document.createTextNode(node.textContent ?? ''));
          times += 1;
        }
      }
    }
    if (times > MOST_TIMES) {
      observer.disconnect();
    }
  });
  observer.observe(root, { childList: true, subtree: true });
}
