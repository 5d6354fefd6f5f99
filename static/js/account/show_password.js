/** Let people see what they type: a button beside each password field. */

for (const button of document.querySelectorAll("button[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  const words = { password: button.textContent, text: button.dataset.hide };
  button.hidden = false;
  button.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    button.textContent = words[field.type];
    button.setAttribute("aria-pressed", String(field.type === "text"));
  });
  field.form?.addEventListener("submit", () => { field.type = "password"; });
}
