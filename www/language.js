// @ts-check
// The page's language, from the first paint on: what the address says (`?lang=zh`), otherwise what a person chose before,
// otherwise the first of the browser's languages that there is. A classic script, because modules come too late for that;
// words/language.js reads what it sets. The words on their way are those of this language alone.
{
  const named = (/** @type {string | null} */ tag) => /^(en|zh)(?![a-z])/i.exec(tag ?? "")?.[1].toLowerCase();
  const kept = () => {
    try {
      return localStorage.getItem("language");
    } catch {
      return null; // in a page of another site some browsers let nobody keep anything
    }
  };
  const wished = [new URLSearchParams(location.search).get("lang"), kept(), ...navigator.languages];
  const language = wished.map(named).find(Boolean) ?? "en";
  if (language === "zh") {
    document.documentElement.lang = "zh-Hans";
    document.documentElement.dataset.unworded = ""; // index.html is in English: captions.js takes this away with it
  }
  const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
  const catalogue = document.createElement("link");
  catalogue.rel = "modulepreload";
  catalogue.href = new URL(`./words/main.${language}.js`, src).href;
  document.head.append(catalogue);
}
