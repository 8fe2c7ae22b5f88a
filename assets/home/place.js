/* The place of an introduction in the form for a new topic (#tm-where, drawn by React and filled here): looked for by name, or the
   middle of the framed map. It shows itself as soon as 「introduction」 is chosen as the kind. Works by keyboard.

   Told to the frame (same origin)   tamemap:where     Heard from it   tamemap:centre {lat, lng} */
(function () {
  'use strict';
  var API = '/api/v1/places', asked = 0, timer = 0, wanting = false;

  function box() { return document.getElementById('tm-where'); }
  function part(name) { return box().querySelector('[data-tm-where-' + name + ']'); }
  function words(name) { return box().getAttribute('data-tm-words-' + name) || ''; }
  function tell(text) { part('said').textContent = text; }
  function field(name) { return box().querySelector('input[name="' + name + '"]'); }
  function json(address) {
    return fetch(address, {headers: {Accept: 'application/json'}}).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    });
  }

  function show(kind) {
    box().hidden = kind !== 'introduction';
    box().disabled = box().hidden;
  }
  function choose(lat, lng, name) {
    // what was asked before is answered too late
    asked++;
    clearTimeout(timer);
    field('lat').value = lat;
    field('lng').value = lng;
    field('place_name').value = name.slice(0, 80);
    part('found').textContent = '';
    part('chosen').hidden = !lat;
    part('chosen').firstElementChild.textContent = lat ? words('chosen').replace('{place}', name || words('unnamed')) : '';
    tell('');
    if (lat) part('forget').focus(); else part('q').focus();
  }
  function look() {
    var q = part('q').value.trim(), mine = ++asked, town = document.getElementById('tm-town');
    clearTimeout(timer);
    part('found').textContent = '';
    if (!q) return tell('');
    json(API + '?q=' + encodeURIComponent(q) + '&map=' + encodeURIComponent(town ? town.value : '')).then(function (found) {
      if (mine !== asked || !box()) return;
      var known = found.items.filter(function (one) { return one.lat !== null; });
      tell(known.length ? words('found') : words('nothing').replace('{q}', q));
      known.forEach(function (one) {
        var item = document.createElement('li'), button = document.createElement('button');
        button.type = 'button';
        button.className = 'tm-button tm-button--quiet tm-button--small';
        button.textContent = one.name + ' ' + (one.municipality ? one.municipality.name : '');
        button.addEventListener('click', function () { choose(one.lat, one.lng, one.name); });
        item.appendChild(button);
        part('found').appendChild(item);
      });
    }, function () { if (mine === asked && box()) tell(words('failed')); });
  }
  function centre() {
    var frame = document.getElementById('tm-map-frame');
    if (!frame || !frame.getAttribute('src') || !frame.contentWindow) return tell(words('map'));
    wanting = true;
    frame.contentWindow.postMessage({type: 'tamemap:where'}, location.origin);
  }
  addEventListener('message', function (event) {
    var said = event.data, frame = document.getElementById('tm-map-frame');
    if (!wanting || !box() || !frame || event.origin !== location.origin || event.source !== frame.contentWindow || !said || said.type !== 'tamemap:centre') return;
    if (typeof said.lat !== 'number' || typeof said.lng !== 'number') return;
    wanting = false;
    var lat = said.lat.toFixed(6), lng = said.lng.toFixed(6), mine = ++asked;
    json(API + '/near?lat=' + lat + '&lng=' + lng).then(function (near) {
      return near.place ? words('near').replace('{place}', near.place.name) : '';
    }, function () { return ''; }).then(function (name) { if (mine === asked && box()) choose(lat, lng, name); });
  });

  document.addEventListener('change', function (event) {
    if (event.target.name === 'kind' && event.target.type === 'radio' && box() && box().closest('form') === event.target.form) show(event.target.value);
  });
  document.addEventListener('input', function (event) {
    if (!event.target.hasAttribute || !event.target.hasAttribute('data-tm-where-q')) return;
    clearTimeout(timer);
    timer = setTimeout(look, 350);
  });
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || event.isComposing || !event.target.hasAttribute || !event.target.hasAttribute('data-tm-where-q')) return;
    event.preventDefault();
    look();
  });
  document.addEventListener('click', function (event) {
    if (!event.target.closest || !event.target.closest('#tm-where')) return;
    if (event.target.closest('[data-tm-where-look]')) look();
    else if (event.target.closest('[data-tm-where-centre]')) centre();
    else if (event.target.closest('[data-tm-where-forget]')) choose('', '', '');
  });
})();
