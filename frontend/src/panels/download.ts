/** Give a file to whoever looks at the page. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has to have read it before.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
