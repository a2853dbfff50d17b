/** Where pdf.js finds its own files: a path that changes with its version, so that it can be cached for ever. */
export const PDF_ASSETS = "/assets/pdfjs-5.7.284";
