// 受付の判断: a key for each decision, and a template's words put into the field. The page works without.
(() => {
  const form = document.querySelector("[data-tm-decide]");
  if (!form) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("textarea, select, input:not([type=radio])")) return;
    const choice = form.querySelector(`input[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!choice) return;
    choice.checked = true;
    choice.focus();
    event.preventDefault();
  });
  const template = form.querySelector("select[name=template]");
  const words = form.querySelector("textarea[name=words]");
  const kept = JSON.parse(form.dataset.tmTemplates || "{}");
  template?.addEventListener("change", () => {
    if (words && kept[template.value]) words.value = kept[template.value];
  });
})();
