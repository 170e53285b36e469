// What the build and the server know about the built page.

/** Names that hold their content's hash, as Trunk and finish-dist.mjs write them: such a file never changes. */
export const HASHED = /-[0-9a-f]{12,16}\.[a-z]+$/;

/** Files that are worth compressing; the others are compressed already. */
export const COMPRESSIBLE = /\.(css|html|js|json|svg|txt|wasm|webmanifest)$/;

// The built page addresses everything as "./name". That holds at any host path as long as the page's own address has the
// app's folder as its directory; a fallback page served for any other address needs the folder spelled out.
export const rooted = (html, base) => html.replaceAll('="./', `="${base}`);
