/** Styles that come with a part of the page: vite turns the import into a style sheet of its own. */
declare module '*.css';
