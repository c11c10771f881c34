// @ts-check
/** Elements of SVG and MathML, as `element` makes those of HTML. */

/**
 * @param {string} namespace
 * @returns {(tag: string, attributes?: Record<string, string | number | boolean>, ...children: (Node | string)[]) => Element}
 */
const maker = (namespace) => (tag, attributes = {}, ...children) => {
  const made = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
};

export const svg = maker("http://www.w3.org/2000/svg");
export const math = maker("http://www.w3.org/1998/Math/MathML");
