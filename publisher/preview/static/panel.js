// What makes the writer's side panel quicker; all of it works as links and forms, too.
(() => {
  "use strict";

  document.addEventListener("change", (event) => {
    event.target.closest("[data-panel-form]")?.requestSubmit();
  });

  const copied = async (area) => {
    try {
      await navigator.clipboard.writeText(area.value);
      return true;
    } catch { // no permission, or a page that is not secure
      area.closest("details").open = true;
      area.select();
      return document.execCommand("copy");
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-panel-copy]");
    const area = button && document.getElementById(button.dataset.panelCopy);
    if (!area) return;
    button.textContent = (await copied(area)) ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
})();
