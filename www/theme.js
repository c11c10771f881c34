// @ts-check
// Light or dark, and the layout of the room, from the first paint on: what a person chose before, otherwise what the
// system says; the room as the address says. A classic script, because modules come too late for that. main.js and
// rooms.js change the same attributes.
{
  document.documentElement.dataset.room = new URLSearchParams(location.hash.slice(1)).get("room") ?? "draw";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const settle = () => {
    document.documentElement.dataset.theme = localStorage.getItem("theme") ?? (system.matches ? "dark" : "light");
  };
  settle();
  system.addEventListener("change", settle);
}
