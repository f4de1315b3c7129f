/**
 * Passkeys in the browser: shows the forms that need them, requests a challenge from the server and
 * the response from the authenticator, and submits it as a form. Without this script, or in a browser
 * without passkeys, these forms stay hidden. Also reports the accepted passkeys to authenticators.
 */
const renewals = 12;
const library = {};

/** The library is loaded only when it is needed. */
function load(src) {
  library.loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.addEventListener('load', () => resolve(globalThis.SimpleWebAuthnBrowser));
    script.addEventListener('error', reject);
    script.src = src;
    document.head.append(script);
  });
  return library.loading;
}

async function askForOptions({ dataset, elements }) {
  const body = new URLSearchParams({ form_token: elements.form_token.value });
  const answer = await fetch(dataset.options, { method: 'POST', body });
  if (!answer.ok || answer.redirected) {
    throw Object.assign(new Error('The page is too old.'), { name: 'OldPageError' });
  }
  return answer.json();
}

function send(form, answer) {
  form.elements.answer.value = JSON.stringify(answer);
  form.submit();
}

function showProblem(form, name) {
  for (const problem of form.querySelectorAll('[data-problem]')) {
    problem.hidden = problem.dataset.problem !== name;
  }
}

/** Offers passkeys in the autofill of the email field; renews the challenge before it expires. */
async function offerInField(form) {
  const webauthn = await load(form.dataset.library);
  if (!(await webauthn.browserSupportsWebAuthnAutofill())) return;
  for (let turn = 0; turn < renewals; turn += 1) {
    const optionsJSON = await askForOptions(form);
    let isOld = false;
    const renewal = setTimeout(() => {
      isOld = true;
      webauthn.WebAuthnAbortService.cancelCeremony();
    }, optionsJSON.timeout * 0.8);
    try {
      send(form, await webauthn.startAuthentication({ optionsJSON, useBrowserAutofill: true }));
      return;
    } catch {
      if (!isOld) return;
    } finally {
      clearTimeout(renewal);
    }
  }
}

/** True while the form is being submitted. */
async function usePasskey(form) {
  showProblem(form, '');
  try {
    const webauthn = await load(form.dataset.library);
    const optionsJSON = await askForOptions(form);
    const isNew = form.dataset.passkey === 'create';
    const start = isNew ? webauthn.startRegistration : webauthn.startAuthentication;
    send(form, await start({ optionsJSON }));
    return true;
  } catch (error) {
    if (error.name === 'OldPageError') location.reload();
    showProblem(form, error.name === 'InvalidStateError' ? 'known' : 'failed');
    return false;
  }
}

function prepare(form) {
  const button = form.querySelector('button');
  const offer = () => {
    if ('autofill' in form.dataset) offerInField(form).catch(() => {});
  };
  // Only one ceremony can run, so the autofill is started again after the button has aborted it.
  button.addEventListener('click', async () => {
    button.disabled = true;
    const isSent = await usePasskey(form);
    button.disabled = isSent;
    if (!isSent) offer();
  });
  form.hidden = false;
  offer();
}

/** Authenticators also remove or rename what was removed or renamed here (WebAuthn §5.1.10). */
async function tellAuthenticators({ rpId, userId, name, displayName, credentials }) {
  const allAcceptedCredentialIds = credentials.split(' ').filter((id) => id !== '');
  await PublicKeyCredential.signalAllAcceptedCredentials?.({
    rpId,
    userId,
    allAcceptedCredentialIds,
  });
  await PublicKeyCredential.signalCurrentUserDetails?.({ rpId, userId, name, displayName });
}

if (globalThis.PublicKeyCredential) {
  for (const form of document.querySelectorAll('form[data-passkey]')) prepare(form);
  for (const note of document.querySelectorAll('[data-without-passkeys]')) note.hidden = true;
  for (const { dataset } of document.querySelectorAll('[data-credentials]')) {
    tellAuthenticators(dataset).catch(() => {});
  }
} else {
  for (const { dataset } of document.querySelectorAll('form[data-passkey]')) dataset.absent = '';
}
