/* Passkeys (W3C WebAuthn). Shows each <div data-passkey="new|enter|again" data-then data-home data-words='{…}' hidden> where the
   browser can, and does the dance behind its button; says what happens in its [data-passkey-said]. Templates: _passkey.html.
   A field with autocomplete="… webauthn" beside an "enter" offers this device's passkeys among what it can fill in. */
(function () {
  'use strict';
  // that this browser has had a passkey of ours: only then it is asked without a tap, so that nobody else's visit asks the server
  var HAD = 'tamemap_passkey', waiting = null;

  document.querySelectorAll('[data-passkey]').forEach(function (box) {
    if (!usable(box)) return;
    box.hidden = false;
    box.querySelector('button').addEventListener('click', function () { dance(box); });
    var field = document.querySelector('input[autocomplete~="webauthn"]');
    if (kind(box) === 'enter' && field && had()) offer(box);
  });

  function kind(box) { return box.getAttribute('data-passkey'); }
  // Passkeys belong to one address: where the page was reached by another one, or by number, they cannot work.
  function usable(box) {
    return window.PublicKeyCredential && navigator.credentials && new URL(box.getAttribute('data-home')).origin === location.origin
      && !/^[\d.]+$|:/.test(location.hostname);
  }
  function had() { try { return localStorage.getItem(HAD) === '1'; } catch (refused) { return false; } }
  function remember() { try { localStorage.setItem(HAD, '1'); } catch (refused) { /* then it is not offered by itself */ } }

  function words(box, name) { return JSON.parse(box.getAttribute('data-words'))[name]; }
  function say(box, text, wrong) {
    var place = box.querySelector('[data-passkey-said]');
    place.setAttribute('role', wrong ? 'alert' : 'status');
    place.className = wrong ? 'tm-field__error' : '';
    place.textContent = text;
  }

  function dance(box) {
    var button = box.querySelector('button'), began = Date.now();
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    if (waiting) { waiting.abort(); waiting = null; }
    say(box, words(box, 'working'));
    (kind(box) === 'new' ? make(box) : show(box)).catch(function (error) {
      say(box, reason(box, error, Date.now() - began), true);
    }).then(function () { button.removeAttribute('aria-disabled'); });
  }

  function make(box) {
    return ask('new-options', {}).then(function (options) {
      options.challenge = bytes(options.challenge);
      options.user.id = bytes(options.user.id);
      options.excludeCredentials.forEach(function (one) { one.id = bytes(one.id); });
      return navigator.credentials.create({publicKey: options});
    }).then(function (made) {
      var response = made.response;
      return ask('add', {credential: {id: made.id, rawId: text(made.rawId), type: made.type, response: {
        clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject),
        transports: response.getTransports ? response.getTransports() : []}}});
    }).then(function () { remember(); done(box, box.getAttribute('data-then')); });
  }

  function show(box, quietly) {
    var purpose = kind(box) === 'again' ? 'again' : 'sign_in', rp;
    return ask('options', {purpose: purpose, then: box.getAttribute('data-then')}).then(function (options) {
      rp = options.rpId;
      options.challenge = bytes(options.challenge);
      options.allowCredentials.forEach(function (one) { one.id = bytes(one.id); });
      return navigator.credentials.get(quietly ? {publicKey: options, mediation: 'conditional', signal: quietly} : {publicKey: options});
    }).then(function (shown) {
      var response = shown.response;
      return ask('enter', {credential: {id: shown.id, rawId: text(shown.rawId), type: shown.type, response: {
        clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
        signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null}}}).catch(function (error) {
        forget(error, rp, shown.id);
        throw error;
      });
    }).then(function (entered) { remember(); done(box, entered.then); });
  }

  // Among what the mail field can fill in: quiet until somebody takes one.
  function offer(box) {
    if (!PublicKeyCredential.isConditionalMediationAvailable) return;
    PublicKeyCredential.isConditionalMediationAvailable().then(function (can) {
      if (!can || !window.AbortController) return;
      waiting = new AbortController();
      show(box, waiting.signal).catch(function (error) { if (error.problem) { say(box, error.message, true); offer(box); } });
    });
  }

  // A passkey that was removed here goes from the device's list too, where the browser knows how.
  function forget(error, rp, id) {
    if (error.problem !== 'passkey_unknown' || !PublicKeyCredential.signalUnknownCredential) return;
    PublicKeyCredential.signalUnknownCredential({rpId: rp, credentialId: id}).catch(function () {});
  }

  function done(box, then) {
    say(box, words(box, 'done'));
    if (then) location.assign(then);
  }

  // A browser does not tell a person who said no from one who waited too long; the clock does.
  function reason(box, error, took) {
    if (/_needs?_proof$/.test(error.problem)) location.assign('/auth/again?then=' + encodeURIComponent(location.pathname + location.search));
    if (error.problem) return error.message;
    if (error.name === 'InvalidStateError') return words(box, 'have') || words(box, 'failed');
    if (error.name === 'NotAllowedError' || error.name === 'AbortError') return words(box, took > 290000 ? 'timeout' : 'cancelled');
    return words(box, error.offline ? 'offline' : 'failed');
  }

  function ask(what, sent) {
    return fetch('/auth/passkey/' + what, {method: 'POST', credentials: 'same-origin', body: JSON.stringify(sent),
      headers: {'Content-Type': 'application/json', 'Accept-Language': document.documentElement.lang}}).catch(function () {
      throw Object.assign(new Error(), {offline: true});
    }).then(function (answer) {
      return answer.json().then(function (said) {
        if (answer.ok) return said;
        throw Object.assign(new Error(said.errors && said.errors.length ? said.errors[0].message : said.detail), {problem: said.code || 'unknown'});
      });
    });
  }

  // base64url, as section 5.1.8 of the standard writes bytes in JSON; browsers of 2023 cannot do it by themselves
  function bytes(sent) {
    return Uint8Array.from(atob(sent.replace(/-/g, '+').replace(/_/g, '/')), function (one) { return one.charCodeAt(0); });
  }
  function text(buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }
})();
