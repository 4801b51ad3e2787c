// What a dropped file is, where it is no picture: told by its name and its first bytes.

/** @typedef {{ file: File | null, name: string }[]} Items */

/** A zip that begins with what this page wrote. @param {Items} items */
export async function projectAmong(items) {
  const file = items.length === 1 ? items[0].file : null;
  const start = file && /\.zip$/i.test(items[0].name) ? await file.slice(0, 64).text() : '';
  return start.startsWith('PK') && start.includes('project.json') ? file : null;
}

/** @param {Items} items */
export function headFileAmong(items) {
  return items.length === 1 && /\.safetensors$/i.test(items[0].name) ? items[0].file : null;
}

/** Networks to look with, where nothing else is among them. @param {Items} items @returns {Promise<File[]>} */
export async function networksAmong(items) {
  const files = items.flatMap(({ file }) => file ?? []);
  if (files.length < items.length) {
    return [];
  }
  const areNetworks = await Promise.all(
    files.map(async (file) => {
      const isBackbone = async () => /"(backbone|joined)\/\d/.test(await file.slice(0, 4096).text());
      return /\.tflite$/i.test(file.name) || (/\.safetensors$/i.test(file.name) && (await isBackbone()));
    }),
  );
  return areNetworks.every(Boolean) ? files : [];
}
