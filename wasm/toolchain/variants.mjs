// The variants of the module, the preset that builds each, and the parts of XNNPACK that each links.

export const variants = [
  { variant: 'simd', preset: 'wasm-simd', parts: ['shared', 'base-simd'] },
  { variant: 'relaxed-simd', preset: 'wasm-relaxed', parts: ['shared', 'relaxed', 'base-relaxed-simd'] },
  { variant: 'simd-threads', preset: 'wasm-threads', parts: ['shared', 'base-simd-threads'] },
  {
    variant: 'relaxed-simd-threads',
    preset: 'wasm-relaxed-threads',
    parts: ['shared', 'relaxed', 'base-relaxed-simd-threads'],
  },
];

/** @param {string} name A variant's name or its preset's. */
export function findVariant(name) {
  const found = variants.find(({ variant, preset }) => variant === name || preset === name);
  if (!found) {
    const names = variants.map(({ variant }) => variant).join(', ');
    throw new Error(`expected a variant (${names}), got '${name}'`);
  }
  return found;
}
