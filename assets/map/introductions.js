/* Introductions (people, shops, places) on the map of /m/{map}: signs of their own kind, each with a small card that leads to its
   topic. No dependencies but Leaflet; ES5 words, fetch and Promise.

   window.Tamemap.introductions(map, data, base, framed, linked)   called by Tamemap.attach in flyers.js, or here when late
     data   of the page: introductions [{id, url, title, place, excerpt, lat, lng}] · introduction_words · embed
     base   the map's address in the API · framed: inside of the home page · linked(address): with the reader's language
   Messages (same origin only)   to the parent: tamemap:topic {id}, tamemap:centre {lat, lng}
                                 from it: tamemap:where, tamemap:refresh */
(function () {
  'use strict';
  var T = window.Tamemap = window.Tamemap || {}, APART = 52;

  function el(tag, attributes, children) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) { if (attributes[name]) node.setAttribute(name, attributes[name]); });
    [].concat(children || []).forEach(function (child) { if (child) node.appendChild(typeof child === 'string' ? document.createTextNode(child) : child); });
    return node;
  }
  function say(text, params) { return (text || '').replace(/\{(\w+)\}/g, function (whole, name) { return name in params ? params[name] : whole; }); }

  T.introductions = function (map, data, base, framed, linked) {
    var group = L.layerGroup().addTo(map), words = data.introduction_words || {}, items = data.introductions || [], shown = '';

    /* what would cover each other becomes one sign whose card names them all */
    function heaps() {
      var found = [];
      items.forEach(function (item) {
        var at = map.project([item.lat, item.lng], map.getZoom());
        var heap = found.filter(function (other) { return Math.abs(other.at.x - at.x) < APART && Math.abs(other.at.y - at.y) < APART; })[0];
        if (heap) heap.items.push(item); else found.push({at: at, items: [item]});
      });
      return found;
    }
    function draw() {
      var found = heaps(), key = JSON.stringify(found.map(function (heap) { return heap.items; }));
      if (key === shown) return;
      shown = key;
      group.clearLayers();
      found.forEach(add);
    }
    function add(heap) {
      var first = heap.items[0], many = heap.items.length > 1, word = many ? say(words.many, {n: heap.items.length}) : words.sign;
      var sign = L.divIcon({className: 'tm-intro', iconSize: [60, 44], iconAnchor: [30, 44], popupAnchor: [0, -40], html: el('span', {'class': 'tm-intro__sign'}, word)});
      var marker = L.marker([first.lat, first.lng], {icon: sign, keyboard: true, riseOnHover: true}).addTo(group), node = marker.getElement();
      node.setAttribute('aria-label', many ? word : say(words.label, {title: first.title}));
      node.setAttribute('data-tm-intro', first.id);
      marker.bindPopup(function () { return card(heap.items, marker); }, {className: 'tm-intro-card', minWidth: 220, maxWidth: 280, autoPanPaddingBottomRight: [16, 72]});
      node.addEventListener('keydown', function (event) {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        marker.openPopup();
      });
      marker.on('popupclose', function () { document.documentElement.classList.remove('tm-intro-open'); });
      marker.on('popupopen', function (event) {
        document.documentElement.classList.add('tm-intro-open');
        var close = event.popup.getElement().querySelector('.leaflet-popup-close-button'), link = event.popup.getElement().querySelector('a[data-tm-introduction]');
        if (close) close.setAttribute('aria-label', words.close);
        if (link) link.focus({preventScroll: true});
      });
    }
    // on a phone the filters lie over the map: the card must not open below them
    function covered() {
      var side = document.querySelector('.tm-mapview__side'), frame = map.getContainer().getBoundingClientRect(), box = side && side.getBoundingClientRect();
      return box && box.left < frame.right && box.right > frame.left ? Math.max(0, box.bottom - frame.top) : 0;
    }
    function card(listed, marker) {
      marker.getPopup().options.autoPanPaddingTopLeft = L.point(16, covered() + 12);
      var body = el('div', {'class': 'tm-stack tm-stack--tight'}, listed.map(function (item) {
        var link = el('a', {'class': 'tm-link', href: linked(item.url), 'data-tm-introduction': item.id, target: data.embed ? '_blank' : framed ? '_top' : null,
          rel: data.embed ? 'noopener' : null, 'aria-label': say(words.open, {title: item.title})}, item.title);
        return el('div', {}, [el('p', {'class': 'tm-intro-card__title'}, link), item.place ? el('p', {'class': 'tm-muted'}, item.place) : null, item.excerpt ? el('p', {}, item.excerpt) : null]);
      }));
      body.addEventListener('keydown', function (event) {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        marker.closePopup();
        if (marker.getElement()) marker.getElement().focus({preventScroll: true});
      });
      return body;
    }

    /* inside of the home page a topic opens beside the map */
    if (framed) document.addEventListener('click', function (event) {
      var link = event.target.closest && event.target.closest('a[data-tm-introduction]');
      if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      window.parent.postMessage({type: 'tamemap:topic', id: link.getAttribute('data-tm-introduction')}, location.origin);
    });
    window.addEventListener('message', function (event) {
      var message = event.data, at;
      if (event.origin !== location.origin || !message || typeof message !== 'object') return;
      if (message.type === 'tamemap:where' && event.source) {
        at = map.getCenter();
        event.source.postMessage({type: 'tamemap:centre', lat: at.lat, lng: at.lng}, location.origin);
      }
      if (message.type === 'tamemap:refresh') fetch(base + '/introductions', {credentials: 'same-origin'}).then(function (answer) { return answer.ok ? answer.json() : {}; }).then(function (found) {
        if (!found.features) return;
        items = found.features.map(function (one) { return Object.assign({lng: one.geometry.coordinates[0], lat: one.geometry.coordinates[1]}, one.properties); });
        draw();
      }, function () { /* no signal: what is shown stays */ });
    });
    map.on('zoomend', draw);
    draw();
  };
  if (T.introduce) T.introduce(); // it came after the map
})();
