// Passkeys: forms marked data-passkey get their answer from the browser's own dialog before they are sent.
import { find } from "./dom.js";

/** Options come with the page; only signing in asks for them when needed, so that they are fresh. */
async function passkeyOptions(form) {
  if (form.dataset.passkey !== "sign-in") return JSON.parse(find("script[type='application/json']", form).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`No passkey options: ${answer.status}`);
  return answer.json();
}

async function askPasskey(form) {
  const options = await passkeyOptions(form);
  if (form.dataset.passkey !== "add") {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.request_options.publicKey);
    return navigator.credentials.get({ publicKey });
  }
  const wanted = options.creation_options.publicKey;
  const alone = find("[name=passwordless]", form)?.checked ?? false;
  wanted.authenticatorSelection = {
    ...wanted.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone && { userVerification: "required" }),
  };
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(wanted) });
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  const problem = find("[role=alert]", form);
  problem.hidden = true;
  try {
    const answer = await askPasskey(form);
    find("[name=credential]", form).value = JSON.stringify(answer.toJSON());
    form.submit();
  } catch (error) {
    console.warn(error);
    problem.hidden = false;
  }
});
