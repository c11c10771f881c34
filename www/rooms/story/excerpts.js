// @ts-check
/** The lines of Rust that compute a symbol, as `cargo xtask` has taken them out of src/. */

/** @typedef {{ file: string, line: number, lines: string[] }} Excerpt */

/** @type {Promise<{ repository: string | null, regions: Record<string, Excerpt> }> | undefined} */
let fetched;

/**
 * @param {string} region
 * @returns {Promise<Excerpt & { address?: string }>}
 */
export async function excerptOf(region) {
  fetched ??= fetch(new URL("../../excerpts/rust.json", import.meta.url)).then((response) => {
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  });
  fetched.catch(() => { fetched = undefined; });
  const { repository, regions } = await fetched;
  const excerpt = regions[region];
  if (!excerpt) throw new Error(region);
  const { file, line, lines } = excerpt;
  return { ...excerpt, ...(repository && { address: `${repository}/blob/main/${file}#L${line}-L${line + lines.length - 1}` }) };
}
