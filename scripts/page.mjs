// The built page addresses everything as "./name". That holds at any host path as long as the page's own address has the
// app's folder as its directory; a fallback page served for any other address needs the folder spelled out.
export const rooted = (html, base) => html.replaceAll('="./', `="${base}`);
