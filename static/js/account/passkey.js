/** Wire forms with data-passkey ("create" or "get"): run the ceremony, put its answer into the form, send the form. */

import { creationOptions, credentialJson, requestOptions } from "./webauthn_json.js";

// An address of digits cannot own a passkey.
const hasName = !/^[\d.]+$|^\[/.test(location.hostname);
const problem = document.querySelector("[data-passkey-problem]");

async function optionsFor(form) {
  if (!form.dataset.optionsUrl) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()).request_options;
}

async function runCeremony(form) {
  const options = await optionsFor(form);
  const credential = form.dataset.passkey === "create"
    ? await navigator.credentials.create(creationOptions(options))
    : await navigator.credentials.get(requestOptions(options));
  form.elements.credential.value = JSON.stringify(credentialJson(credential));
  form.submit();
}

function wire(form) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.hidden = true;
    runCeremony(form).catch((error) => {
      console.info("passkey:", error.name);
      problem.hidden = false;
    });
  });
}

if (window.PublicKeyCredential && hasName) {
  document.querySelector("[data-passkey-unsupported]")?.remove();
  document.querySelectorAll("form[data-passkey]").forEach(wire);
}
