/** The page's script: a click on a host shows its links alone, in the picture and in the tables; another click shows all again. */
export const SCRIPT = `
(() => {
  const picture = document.getElementById("picture");
  let chosen;
  const show = () => {
    picture.classList.toggle("choosing", chosen !== undefined);
    for (const link of picture.querySelectorAll(".link"))
      link.classList.toggle("chosen", link.dataset.a === chosen || link.dataset.b === chosen);
    for (const each of document.querySelectorAll("[data-host]")) {
      const isChosen = each.dataset.host === chosen;
      each.classList.toggle("chosen", isChosen);
      if (each.hasAttribute("aria-pressed")) each.setAttribute("aria-pressed", String(isChosen));
    }
  };
  const choose = (event) => {
    const host = event.target.closest(".node, tr[data-host]")?.dataset.host;
    if (host === undefined) return;
    chosen = chosen === host ? undefined : host;
    show();
  };
  document.addEventListener("click", choose);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (event.target.closest(".node") === null) return;
    event.preventDefault();
    choose(event);
  });
})();
`;
