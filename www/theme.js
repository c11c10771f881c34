// @ts-check
// Light or dark, and the layout of the room, from the first paint on: what the address says (`?theme=dark`), otherwise what a
// person chose before, otherwise what the system says; the room as the address says, and whether the page is in a lesson
// (`?embed`, `?present`). A classic script, because modules come too late for that. main.js and rooms.js change the same attributes.
{
  const asked = new URLSearchParams(location.search);
  for (const lesson of ["embed", "present"]) document.documentElement.toggleAttribute(`data-${lesson}`, asked.has(lesson));
  const said = /** @type {(string | null | undefined)[]} */ (["light", "dark"]).find((theme) => theme === asked.get("theme"));
  const kept = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // in a page of another site some browsers let nobody keep anything
    }
  };
  document.documentElement.dataset.room = new URLSearchParams(location.hash.slice(1)).get("room") ?? "draw";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const settle = () => {
    document.documentElement.dataset.theme = said ?? kept() ?? (system.matches ? "dark" : "light");
  };
  settle();
  system.addEventListener("change", settle);
}
