// @ts-check
// Light or dark, from the first paint on: what a person chose before, otherwise what the system says. A classic script,
// because modules come too late for that. The toggle in main.js changes the same attribute.
{
  const system = matchMedia("(prefers-color-scheme: dark)");
  const settle = () => {
    document.documentElement.dataset.theme = localStorage.getItem("theme") ?? (system.matches ? "dark" : "light");
  };
  settle();
  system.addEventListener("change", settle);
}
