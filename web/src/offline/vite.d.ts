// What Vite says about how the page is served; modules that were not built hear nothing.
interface ImportMeta {
  readonly env?: { readonly DEV: boolean };
}
