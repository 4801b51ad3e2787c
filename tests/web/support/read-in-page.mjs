// The intake's modules at work in a bare page.

/**
 * Reads files in the page and reports what came out: the size of each picture and the colour at its left and top edge.
 *
 * @param {import('@playwright/test').Page} page
 * @param {{ path: string, bytes: Buffer }[]} files
 */
export async function read(page, files) {
  const sent = files.map(({ path, bytes }) => ({ path, base64: bytes.toString('base64') }));
  return page.evaluate(async (list) => {
    const { collectFiles, readPictures } = await import('/modules/src/intake/intake.js');
    const chosen = list.map(({ path, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const file = new File([bytes], path.split('/').at(-1));
      Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
      return file;
    });
    const progress = [];
    const pictures = readPictures(await collectFiles(chosen), {
      onProgress: (each) => progress.push(each),
    });
    const taken = [];
    for await (const { className, name, picture } of pictures) {
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const context = canvas.getContext('2d');
      context.drawImage(picture, 0, 0);
      const at = (x, y) => [...context.getImageData(x, y, 1, 1).data.slice(0, 3)];
      const { width, height } = picture;
      const [left, top] = [at(2, height >> 1), at(width >> 1, 2)];
      taken.push({ className, name, width, height, left, top });
      picture.close();
    }
    return { taken, unreadable: pictures.unreadable, progress };
  }, sent);
}
