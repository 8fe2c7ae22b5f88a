/* Tamemap's flyers on a Leaflet map, and the page logic of /m/{map}. No dependencies but Leaflet; ES5 words, fetch and Promise.

   window.Tamemap.flyerLayer(map, options)  pins and piles of one map, from its GeoJSON tiles
     options   url (of the tiles, without /z/x/y) · query {when, category[], q} · words · categories · bounds [w,s,e,n] ·
               onPick(flyer, marker) · onPile(bounds) · onFail()
     returns   refresh() · setQuery(query) · forget() · select(flyer|null) · glance(id|null)
   window.Tamemap.pin(category)             the icon of one flyer, for small maps of other pages
   window.Tamemap.attach(map)               the page: reads #tm-map-data, binds #tm-filters, #tm-list and the address bar

   The document gives   <main class="tm-mapview"><section class="tm-mapview__side"><form id="tm-filters">…</form>
     <p id="tm-count" class="tm-mapview__count" role="status">…</p><ul id="tm-list" class="tm-list tm-list--cards">…</ul></section>
     <section class="tm-mapview__map"><div id="tm-map">…</div></section></main>
   #tm-count, #tm-note and #tm-empty are made here when they are missing. A card is made by card() below; the server writes the same.
   Messages (same origin only)   to the parent: tamemap:ready {map}, tamemap:flyer {id, title}
                                 from it: tamemap:show {id} or {lat, lng}, tamemap:refresh */
(function () {
  'use strict';
  var T = window.Tamemap = window.Tamemap || {};
  var SIGNS = '/icons/categories.svg#', GLYPHS = '/icons/ui.svg#';
  var WORDS_FROM = 15, DEEPEST = 18, TILES_KEPT = 160, APART = 42;
  var calm = window.matchMedia && matchMedia('(prefers-reduced-motion: reduce)').matches;

  /* ---------- small things */
  function say(words, key, params) {
    return (words[key] || '').replace(/\{(\w+)\}/g, function (whole, name) { return params && name in params ? params[name] : whole; });
  }
  function el(tag, attributes, children) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      var value = attributes[name];
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
    });
    [].concat(children || []).forEach(function (child) {
      if (child) node.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
    });
    return node;
  }
  function icon(href, kind) {
    var svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), use = document.createElementNS(svg.namespaceURI, 'use');
    use.setAttribute('href', href);
    svg.setAttribute('class', 'tm-icon' + (kind || ''));
    svg.setAttribute('aria-hidden', 'true');
    svg.setAttribute('width', '24');
    svg.setAttribute('height', '24');
    svg.appendChild(use);
    return svg;
  }
  function queryOf(params) {
    var pairs = [];
    Object.keys(params).forEach(function (name) {
      [].concat(params[name]).forEach(function (value) {
        if (value !== '' && value !== null && value !== undefined) pairs.push(name + '=' + encodeURIComponent(value));
      });
    });
    return pairs.length ? '?' + pairs.join('&') : '';
  }
  function json(url, signal) {
    return fetch(url, {signal: signal, credentials: 'same-origin', headers: {Accept: 'application/json', 'Accept-Language': document.documentElement.lang || 'ja'}}).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    });
  }
  function aborter() { return window.AbortController ? new AbortController() : {abort: function () {}}; }
  function later(wait, act) {
    var timer;
    return function () { clearTimeout(timer); timer = setTimeout(act, wait); };
  }
  function onPress(node, act) {
    node.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
  }
  function dateWords(flyer) { var label = flyer.date_label || flyer.label; return (label && label.text) || (typeof label === 'string' ? label : ''); }
  function boundsOf(box) { return L.latLngBounds([box[1], box[0]], [box[3], box[2]]); }

  /* ---------- pins and piles */
  function pin(category, title) {
    return L.divIcon({className: 'tm-pin', iconSize: [44, 48], iconAnchor: [22, 6], html: el('span', {'class': 'tm-pin__slip', 'data-category': category}, [
      icon(SIGNS + category), title ? el('span', {'class': 'tm-pin__words'}, title) : null])});
  }
  T.pin = pin;

  function pile(count) {
    return L.divIcon({className: 'tm-pile', iconSize: [48, 48], iconAnchor: [24, 24], html: el('span', {'class': 'tm-pile__count'}, String(count))});
  }
  function widthOf(text) {
    var width = 44;
    for (var i = 0; i < text.length; i++) width += text.charCodeAt(i) > 255 ? 16 : 9;
    return Math.min(width, 190);
  }
  function apart(a, b) { return a[0] > b[2] || b[0] > a[2] || a[1] > b[3] || b[1] > a[3]; }

  T.flyerLayer = function (map, options) {
    var group = L.layerGroup().addTo(map), query = options.query || {}, words = options.words || {}, categories = options.categories || {};
    var asked = queryOf(query), kept = {}, order = [], running = {}, drawn = {}, wanted = [], shownZoom = null, picked = null, edge = options.bounds && boundsOf(options.bounds).pad(0.1);

    function tilesInView() {
      var size = map.getSize(), z = Math.max(0, Math.min(DEEPEST, Math.round(map.getZoom()))), found = [];
      if (!size.x || !size.y) return found;
      var view = map.getBounds();
      if (edge && !edge.intersects(view)) return found;
      var west = edge ? Math.max(view.getWest(), edge.getWest()) : view.getWest(), east = edge ? Math.min(view.getEast(), edge.getEast()) : view.getEast();
      var north = edge ? Math.min(view.getNorth(), edge.getNorth()) : view.getNorth(), south = edge ? Math.max(view.getSouth(), edge.getSouth()) : view.getSouth();
      var from = map.project([north, west], z).divideBy(256).floor(), to = map.project([south, east], z).divideBy(256).floor(), most = Math.pow(2, z) - 1;
      for (var y = Math.max(0, from.y); y <= Math.min(most, to.y); y++) for (var x = Math.max(0, from.x); x <= Math.min(most, to.x); x++) found.push(z + '/' + x + '/' + y);
      return found;
    }
    function keep(key, features) {
      if (!kept[key]) order.push(key);
      kept[key] = features;
      while (order.length > TILES_KEPT) delete kept[order.shift()];
    }
    function touch(key) { order.splice(order.indexOf(key), 1); order.push(key); }
    function load(name, key) {
      var control = running[key] = aborter();
      json(options.url + '/' + name + queryOf(query), control.signal).then(function (tile) {
        if (running[key] !== control) return;
        delete running[key];
        keep(key, tile.features || []);
        draw();
      }, function (failure) {
        if (running[key] !== control) return;
        delete running[key];
        if (failure.name !== 'AbortError' && options.onFail) options.onFail();
        draw();
      });
    }
    function refresh() {
      var suffix = queryOf(query);
      wanted = tilesInView().map(function (name) { return {name: name, key: name + suffix}; });
      var now = {};
      wanted.forEach(function (tile) { now[tile.key] = true; });
      Object.keys(running).forEach(function (key) {
        if (!now[key]) { running[key].abort(); delete running[key]; }
      });
      wanted.forEach(function (tile) {
        if (kept[tile.key]) touch(tile.key);
        else if (!running[tile.key]) load(tile.name, tile.key);
      });
      draw();
    }
    function features() {
      var loose = {};
      wanted.forEach(function (tile) {
        (kept[tile.key] || []).forEach(function (feature) {
          var facts = feature.properties, at = feature.geometry.coordinates;
          loose[facts.count ? 'crowd ' + at.join() + '=' + facts.count : 'flyer ' + facts.id] = {facts: facts, lat: at[1], lng: at[0]};
        });
      });
      // Until a tile is here, the page's own flyers stand there.
      if (options.first && queryOf(query) === asked) options.first.forEach(function (one) {
        var z = wanted.length ? wanted[0].name.split('/')[0] : 0, at = map.project([one.lat, one.lng], +z).divideBy(256).floor(), name = z + '/' + at.x + '/' + at.y;
        if (!kept[name + asked] && wanted.some(function (tile) { return tile.name === name; })) loose['flyer ' + one.id] = {facts: one, lat: one.lat, lng: one.lng};
      });
      // The picked flyer stays in sight, also when it would be inside a pile.
      if (picked && isFinite(picked.lat) && !loose['flyer ' + picked.id]) loose['flyer ' + picked.id] = {facts: picked, lat: picked.lat, lng: picked.lng};
      return gathered(loose);
    }
    // What would cover each other becomes one pile: nothing on the map is too small for a thumb.
    function gathered(loose) {
      var heaps = [], found = {};
      Object.keys(loose).sort().forEach(function (key) {
        var place = loose[key], at = map.project([place.lat, place.lng], map.getZoom());
        if (picked && key === 'flyer ' + picked.id) { found[key] = place; return; }
        var heap = heaps.filter(function (other) { return Math.abs(other.at.x - at.x) < APART && Math.abs(other.at.y - at.y) < APART; })[0];
        if (heap) heap.places.push(place);
        else heaps.push({key: key, at: at, places: [place]});
      });
      heaps.forEach(function (heap) { if (heap.places.length > 1) found[heap.key + '+' + heap.places.length] = together(heap.places); else found[heap.key] = heap.places[0]; });
      return found;
    }
    function together(places) {
      var box = L.latLngBounds([]), count = 0;
      places.forEach(function (place) {
        count += place.facts.count || 1;
        box.extend(place.facts.bounds ? boundsOf(place.facts.bounds) : [place.lat, place.lng]);
      });
      return {lat: places[0].lat, lng: places[0].lng, facts: {count: count, bounds: [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()]}};
    }
    function draw() {
      // While a new zoom is loading, the old pins stay: nothing flickers.
      var zoom = wanted.length ? wanted[0].name.split('/')[0] : null;
      if (zoom !== shownZoom && (shownZoom || !options.first) && Object.keys(running).length) return;
      shownZoom = zoom;
      var next = features();
      Object.keys(drawn).forEach(function (key) {
        if (next[key]) return;
        if (drawn[key].getElement() === document.activeElement) map.getContainer().focus({preventScroll: true});
        group.removeLayer(drawn[key]);
        delete drawn[key];
      });
      Object.keys(next).forEach(function (key) { if (!drawn[key]) drawn[key] = next[key].facts.count ? addPile(next[key]) : addPin(next[key]); });
      writeWords();
    }
    function add(place, sign, label, act) {
      var marker = L.marker([place.lat, place.lng], {icon: sign, keyboard: true, riseOnHover: true}).addTo(group), node = marker.getElement();
      node.setAttribute('aria-label', label);
      marker.facts = place.facts;
      marker.on('click', act);
      onPress(node, act);
      node.addEventListener('focus', function () { marker.setZIndexOffset(2000); });
      node.addEventListener('blur', function () { marker.setZIndexOffset(0); });
      return marker;
    }
    function addPin(place) {
      var facts = place.facts, label = [facts.title, dateWords(facts), categories[facts.category]].filter(Boolean).join(words.comma || ', ');
      var flyer = Object.assign({}, facts, {lat: place.lat, lng: place.lng});
      var marker = add(place, pin(facts.category, facts.title), label, function () { if (options.onPick) options.onPick(flyer, marker); });
      return marker;
    }
    function addPile(place) {
      return add(place, pile(place.facts.count), say(words, 'cluster', {n: place.facts.count}), function () {
        var box = boundsOf(place.facts.bounds), deepest = Math.min(DEEPEST, map.getMaxZoom());
        var spread = map.project(box.getSouthEast(), deepest).subtract(map.project(box.getNorthWest(), deepest));
        // Flyers of one house never come apart on the map: they are shown in the list.
        if (map.getZoom() >= deepest || (spread.x < APART && spread.y < APART)) { if (options.onPile) options.onPile(place.facts.bounds); return; }
        map.setView(box.getCenter(), Math.min(deepest, Math.max(map.getBoundsZoom(box, false, [40, 40]), map.getZoom() + 1)), {animate: !calm});
        map.getContainer().focus({preventScroll: true});
      });
    }
    // Close in, pins carry words; where two would cover each other, the later one keeps only its sign.
    function writeWords() {
      var close = map.getZoom() >= WORDS_FROM, taken = [], pins = [];
      Object.keys(drawn).forEach(function (key) {
        var marker = drawn[key], at = map.latLngToLayerPoint(marker.getLatLng());
        var box = marker.facts.count ? [at.x - 24, at.y - 24, at.x + 24, at.y + 24] : [at.x - 18, at.y - 6, at.x + 18, at.y + 36];
        taken.push({of: marker, box: box});
        if (!marker.facts.count) pins.push({marker: marker, at: at});
      });
      pins.sort(function (a, b) { return rank(a) < rank(b) ? -1 : 1; }).forEach(function (each) {
        var half = widthOf(each.marker.facts.title || '') / 2, box = [each.at.x - half, each.at.y - 6, each.at.x + half, each.at.y + 36];
        var free = close && taken.every(function (other) { return other.of === each.marker || apart(other.box, box); });
        var mine = picked && picked.id === each.marker.facts.id;
        each.marker.getElement().classList.toggle('tm-pin--words', free || Boolean(mine));
        each.marker.getElement().classList.toggle('tm-pin--picked', Boolean(mine));
        if (free) taken.push({of: each.marker, box: box});
      });
    }
    function rank(each) { return (picked && picked.id === each.marker.facts.id ? '0' : '1') + (each.marker.facts.starts_at || '9'); }

    var soon = later(120, refresh);
    map.on('moveend', soon);
    return {
      refresh: refresh,
      setQuery: function (changed) { query = changed; shownZoom = null; refresh(); },
      forget: function () { kept = {}; options.first = null; order = []; refresh(); },
      select: function (flyer) { picked = flyer; draw(); },
      glance: function (id) {
        Object.keys(drawn).forEach(function (key) { drawn[key].getElement().classList.toggle('tm-pin--glance', id !== null && drawn[key].facts.id === id); });
      }
    };
  };

  /* ---------- cards and the sheet */
  function linked(address) { var lang = new URLSearchParams(location.search).get('lang'); return lang ? address + queryOf({lang: lang}) : address; }
  function picture(thumb, attributes) {
    if (!thumb) return null;
    if (typeof thumb === 'string') thumb = {jpeg: thumb};
    return el('picture', {}, [
      thumb.avif ? el('source', {type: 'image/avif', srcset: thumb.avif}) : null, thumb.webp ? el('source', {type: 'image/webp', srcset: thumb.webp}) : null,
      el('img', Object.assign({src: thumb.jpeg, width: thumb.width, height: thumb.height, alt: '', decoding: 'async'}, attributes))]);
  }
  function dateTab(flyer, words) {
    var label = flyer.date_label;
    if (!label || !label.day) return null;
    var day = (dayOf(flyer.starts_at, 0) + 4) % 7, kind = label.holiday || day === 0 ? ' tm-datetab--sun' : day === 6 ? ' tm-datetab--sat' : '';
    return el('span', {'class': 'tm-datetab' + kind, 'aria-hidden': 'true'}, [
      el('span', {'class': 'tm-datetab__month'}, say(words, 'month', {n: label.month})), el('span', {'class': 'tm-datetab__day'}, String(label.day)),
      el('span', {'class': 'tm-datetab__weekday'}, label.weekday + (label.holiday ? words.holiday_mark || '' : ''))]);
  }
  function sign(flyer, categories) {
    return el('span', {'class': 'tm-category', 'data-category': flyer.category}, [icon(SIGNS + flyer.category), categories[flyer.category] || '']);
  }
  function farWords(flyer, near, words) {
    if (!near || !isFinite(flyer.lat)) return '';
    var metres = L.latLng(near).distanceTo([flyer.lat, flyer.lng]);
    return metres < 950 ? say(words, 'metres', {n: Math.max(50, Math.round(metres / 50) * 50)}) : say(words, 'kilometres', {n: (metres / 1000).toFixed(metres < 9950 ? 1 : 0)});
  }
  /* <li class="tm-card" data-id data-lat data-lng> picture · date tab · title with the link · category, date in words, place, how far */
  function card(flyer, data, near) {
    return el('li', {'class': 'tm-card', 'data-id': flyer.id, 'data-lat': flyer.lat, 'data-lng': flyer.lng}, [
      el('span', {'class': 'tm-card__picture' + (flyer.thumb && flyer.thumb.width > flyer.thumb.height ? ' tm-card__picture--wide' : '')}, picture(flyer.thumb, {loading: 'lazy'})),
      dateTab(flyer, data.words),
      el('h3', {'class': 'tm-card__title'}, el('a', {'class': 'tm-card__link', href: linked(flyer.url), target: data.embed ? '_blank' : null, rel: data.embed ? 'noopener' : null}, flyer.title)),
      el('div', {'class': 'tm-card__facts'}, facts(flyer, data, near))]);
  }
  function facts(flyer, data, near) {
    return [sign(flyer, data.categories), when(flyer),
      flyer.venue ? el('span', {'class': 'tm-card__place'}, flyer.venue) : null, el('span', {'class': 'tm-card__far'}, farWords(flyer, near, data.words))];
  }
  // One day stands on the tab already, so its words are for ears only; several days are written out.
  function when(flyer) {
    var words = dateWords(flyer), time = (flyer.date_label && flyer.date_label.time) || '', first = dayOf(flyer.starts_at, 0), last = dayOf(flyer.ends_at || flyer.starts_at, 1);
    if (!words) return null;
    return el('span', {'class': 'tm-card__when'}, [el('span', {'class': last > first || !flyer.date_label ? null : 'tm-visually-hidden'}, words + ' '), time]);
  }
  // Days of Tokyo, counted; an end at midnight belongs to the day before.
  function dayOf(moment, less) { return Math.floor((Date.parse(moment) + 9 * 3600e3 - less) / 864e5); }

  function sheetOf(data, onClose) {
    var back = null, title = el('h2', {'class': 'tm-sheet__title', id: 'tm-sheet-title', tabindex: '-1'});
    var close = el('button', {type: 'button', 'class': 'tm-button tm-button--secondary tm-button--icon tm-sheet__close', 'aria-label': data.words.close}, icon(GLYPHS + 'close'));
    var head = el('div', {'class': 'tm-sheet__head'}, [title, close]), body = el('div', {'class': 'tm-sheet__body tm-stack'});
    var sheet = el('section', {'class': 'tm-sheet', role: 'dialog', 'aria-labelledby': 'tm-sheet-title', hidden: true}, [head, body]), from = 0;
    function shut() {
      if (sheet.hidden) return;
      sheet.hidden = true;
      onClose();
      if (back && back.isConnected) back.focus({preventScroll: true});
    }
    close.addEventListener('click', shut);
    sheet.addEventListener('keydown', function (event) { if (event.key === 'Escape') shut(); });
    head.addEventListener('touchstart', function (event) { from = event.touches[0].clientY; }, {passive: true});
    head.addEventListener('touchend', function (event) { if (event.changedTouches[0].clientY - from > 60) shut(); });
    document.body.appendChild(sheet);
    return {node: sheet, fill: function (flyer, near) {
      title.textContent = flyer.title;
      body.textContent = '';
      [el('div', {'class': 'tm-figure tm-sheet__picture'}, picture(flyer.thumb)), el('div', {'class': 'tm-row tm-sheet__facts'}, [dateTab(flyer, data.words), el('div', {'class': 'tm-stack tm-stack--tight'}, facts(flyer, data, near))]),
        el('a', {'class': 'tm-button tm-button--primary tm-button--large tm-button--wide', href: linked(flyer.url || '/f/' + flyer.id), target: data.embed ? '_blank' : null, rel: data.embed ? 'noopener' : null}, data.words.open),
        el('tm-save', {flyer: flyer.id})
      ].forEach(function (part) { body.appendChild(part); });
    }, open: function (opener) {
      back = opener || back;
      sheet.hidden = false;
      body.scrollTop = 0;
      title.focus({preventScroll: true});
    }};
  }

  /* ---------- the page */
  T.attach = function (map) {
    var island = document.getElementById('tm-map-data'), list = document.getElementById('tm-list'), form = document.getElementById('tm-filters');
    if (!island || !list || !window.fetch) return null;
    var data = JSON.parse(island.textContent), words = data.words, root = document.documentElement, base = data.api + '/maps/' + encodeURIComponent(data.map.slug);
    var state = {when: data.filters.when || '', category: [].concat(data.filters.category || []), q: data.filters.q || '', near: nearOf(data.filters.near), flyer: data.flyer || null};
    var known = {}, next = data.next, total = data.total, asked = null, lastBox = null, moved = false, only = null, dot = null;
    var count = part('tm-count', 'p', {'class': 'tm-mapview__count', role: 'status'}), note = part('tm-note', 'div', {'class': 'tm-banner tm-banner--info tm-mapview__note', role: 'status', hidden: true});
    var empty = part('tm-empty', 'div', {'class': 'tm-empty', hidden: true}), more = el('button', {type: 'button', 'class': 'tm-button tm-button--secondary tm-button--wide', hidden: true}, words.more);
    var framed = !data.embed && window.parent !== window && sameOrigin();
    (data.items || []).forEach(remember);
    list.parentNode.insertBefore(more, list.nextSibling);

    function part(id, tag, attributes) {
      var found = document.getElementById(id);
      return found || list.parentNode.insertBefore(el(tag, Object.assign({id: id}, attributes)), id === 'tm-empty' ? list.nextSibling : list);
    }
    function nearOf(text) { var pair = (text || '').split(',').map(Number); return pair.length === 2 && isFinite(pair[0]) && isFinite(pair[1]) ? pair : null; }
    function sameOrigin() { try { return window.parent.location.origin === location.origin; } catch (refused) { return false; } }
    function remember(flyer) { known[flyer.id] = Object.assign(known[flyer.id] || {}, flyer); return known[flyer.id]; }
    function tell(text, kind, retry) {
      note.className = 'tm-banner tm-mapview__note tm-banner--' + (kind || 'info');
      note.textContent = '';
      note.hidden = !text;
      if (!text) return;
      note.appendChild(icon(GLYPHS + (kind === 'warning' ? 'warning' : 'info')));
      note.appendChild(el('div', {'class': 'tm-banner__body'}, text));
      var act = el('button', {type: 'button', 'class': 'tm-button tm-button--secondary tm-button--small'}, retry ? words.retry : words.close);
      act.addEventListener('click', function () { tell(''); if (retry) retry(); });
      note.appendChild(act);
    }

    /* the address bar: what a link to this view needs, and never where the person stands */
    function write() {
      var at = map.getCenter(), query = queryOf(Object.assign(others(), {when: state.when, category: state.category, q: state.q, flyer: state.flyer}));
      var exact = state.near ? 2 : 5, hash = moved ? '#' + Math.round(map.getZoom()) + '/' + at.lat.toFixed(exact) + '/' + at.lng.toFixed(exact) : '';
      history.replaceState(history.state, '', location.pathname + query + hash);
    }
    // What the address says besides (a language, that it is framed) stays; a page of the list is of no use to the script.
    function others() {
      var kept = {};
      new URLSearchParams(location.search).forEach(function (value, name) { if (!/^(when|category|q|flyer|from|to|near|cursor)$/.test(name)) kept[name] = value; });
      return kept;
    }
    function asks() { return {when: state.when, category: state.category, q: state.q}; }

    /* the list: what is in view */
    function box() {
      var view = map.getBounds();
      return only || [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map(function (degrees) { return degrees.toFixed(5); });
    }
    function refreshList(cursor) {
      if (asked) asked.abort();
      var mine = asked = aborter(), sized = map.getSize().x > 0;
      var params = Object.assign(asks(), {bbox: only || (moved && (sized || lastBox)) ? (sized ? lastBox = box() : lastBox || box()).join() : '', sort: state.near ? 'near' : 'soon', limit: 50, cursor: typeof cursor === 'string' ? cursor : ''});
      if (state.near) params.near = state.near[0].toFixed(3) + ',' + state.near[1].toFixed(3);
      list.setAttribute('aria-busy', 'true');
      return json(base + '/flyers' + queryOf(params), mine.signal).then(function (page) {
        if (asked !== mine) return;
        next = page.next;
        total = page.total;
        show(page.items.map(remember), Boolean(params.cursor));
      }, function (failure) {
        if (asked !== mine || failure.name === 'AbortError') return;
        tell(words.failed, 'warning', refreshList);
      }).then(function () { if (asked === mine) list.removeAttribute('aria-busy'); });
    }
    function show(items, append) {
      var old = {};
      [].forEach.call(list.children, function (item) { old[item.getAttribute('data-id')] = item; });
      var held = list.contains(document.activeElement) ? document.activeElement : null;
      if (!append) list.textContent = '';
      items.forEach(function (flyer) {
        var item = old[flyer.id] || card(flyer, data, state.near), far = item.querySelector('.tm-card__far');
        if (far) far.textContent = farWords(flyer, state.near, words) || far.textContent;
        list.appendChild(item);
      });
      if (held && held.isConnected) held.focus({preventScroll: true});
      mark(state.flyer);
      tally();
    }
    function tally() {
      count.textContent = total > list.children.length ? say(words, 'count_some', {total: total, n: list.children.length}) : say(words, moved || only ? 'count' : 'count_all', {n: total});
      if (state.near) count.textContent += words.nearest;
      more.hidden = !next;
      empty.hidden = list.children.length > 0;
      if (!empty.hidden) inviteIn();
    }
    function inviteIn() {
      var filtered = state.when || state.q || state.category.length, act = el('button', {type: 'button', 'class': 'tm-button tm-button--secondary'}, filtered ? words.clear : words.whole);
      act.addEventListener('click', function () { if (filtered) clear(); else { only = null; map.fitBounds(boundsOf(data.map.bounds), {animate: !calm}); } });
      empty.textContent = '';
      [icon(GLYPHS + 'slip'), el('p', {'class': 'tm-empty__title'}, filtered ? words.empty_filtered : words.empty), el('p', {}, filtered ? words.empty_filtered_hint : words.empty_hint), act,
        el('a', {'class': 'tm-button tm-button--primary', href: '/post', target: data.embed || framed ? '_top' : null}, words.empty_post)].forEach(function (node) { empty.appendChild(node); });
    }
    function mark(id) {
      [].forEach.call(list.children, function (item) {
        var mine = item.getAttribute('data-id') === id;
        item.classList.toggle('tm-card--picked', mine);
        if (mine && root.getAttribute('data-tm-view') !== 'map') item.scrollIntoView({block: 'nearest', behavior: calm ? 'auto' : 'smooth'});
      });
    }
    more.addEventListener('click', function () { refreshList(next); });

    /* filters */
    function readForm() {
      var read = new FormData(form), whens = read.getAll('when').filter(Boolean), from = read.get('from'), to = read.get('to');
      state.when = from && to && to > from ? from + '..' + to : from || whens[whens.length - 1] || '';
      state.category = read.getAll('category').filter(Boolean);
      state.q = (read.get('q') || '').trim();
    }
    function apply() {
      only = null;
      readForm();
      layer.setQuery(asks());
      refreshList();
      write();
    }
    function clear() {
      [].forEach.call(form.elements, function (input) {
        if (input.type === 'checkbox') input.checked = false;
        else if (input.type === 'radio') input.checked = input.value === '';
        else if (/^(text|search|date)$/.test(input.type) || input.tagName === 'SELECT') input.value = '';
      });
      apply();
    }
    if (form) {
      form.addEventListener('submit', function (event) { event.preventDefault(); apply(); });
      form.addEventListener('input', later(400, function () { if (form.elements.q && form.elements.q.value.trim() !== state.q) apply(); }));
      form.addEventListener('change', function (event) {
        var changed = event.target;
        if (changed.name === 'q') return;
        // A day and a chip say the same thing in two ways: the latest wins.
        [].forEach.call(form.elements, function (other) {
          if (changed.type === 'date' && other.type === 'radio' && other.name === 'when') other.checked = changed.value ? false : other.value === '';
          if (changed.type === 'radio' && changed.name === 'when' && other.type === 'date') other.value = '';
        });
        apply();
      });
    }

    /* where I am: asked only on a tap */
    function here() {
      if (!navigator.geolocation) return tell(words.here_failed, 'warning');
      if (state.near && dot) return leave();
      tell(words.here_wait);
      navigator.geolocation.getCurrentPosition(function (found) {
        var at = [found.coords.latitude, found.coords.longitude];
        if (!boundsOf(data.map.bounds).pad(0.3).contains(at)) return tell(words.here_outside);
        tell('');
        state.near = at;
        press(true);
        if (dot) dot.remove();
        dot = L.marker(at, {icon: L.divIcon({className: 'tm-dot', iconSize: [20, 20], html: ''}), interactive: false, keyboard: false}).addTo(map);
        moved = true;
        map.setView(at, Math.max(map.getZoom(), 14), {animate: !calm});
        refreshList();
      }, function (refused) { tell(refused.code === 1 ? words.here_denied : words.here_failed, 'warning'); }, {timeout: 10000, maximumAge: 60000});
    }
    function leave() {
      state.near = null;
      dot.remove();
      dot = null;
      press(false);
      refreshList();
    }
    function press(on) { heres.forEach(function (button) { button.setAttribute('aria-pressed', String(on)); }); }
    function hereButton(kind) { return el('button', {type: 'button', 'class': kind, 'data-tm-here': true, 'aria-pressed': String(Boolean(state.near))}, [icon(GLYPHS + 'here'), words.near]); }
    var chips = form && form.querySelector('.tm-chips');
    if (chips && !form.querySelector('[data-tm-here]')) chips.appendChild(hereButton('tm-chip'));
    var control = L.control({position: 'bottomright'});
    control.onAdd = function () {
      var holder = el('div', {'class': 'tm-here leaflet-control'}, hereButton('tm-button tm-button--secondary'));
      L.DomEvent.disableClickPropagation(holder);
      holder.querySelector('button').lastChild.textContent = words.here;
      return holder;
    };
    if (map.zoomControl) {
      map.zoomControl.setPosition('bottomright');
      [['in', words.zoom_in], ['out', words.zoom_out]].forEach(function (pair) {
        var button = map.getContainer().querySelector('.leaflet-control-zoom-' + pair[0]);
        if (button) { button.title = pair[1]; button.setAttribute('aria-label', pair[1]); }
      });
    }
    control.addTo(map);
    L.control.scale({imperial: false, position: 'bottomleft'}).addTo(map);
    var heres = [].slice.call(document.querySelectorAll('[data-tm-here]'));
    heres.forEach(function (button) { button.hidden = false; button.addEventListener('click', here); });

    /* picking */
    var sheet = sheetOf(data, function () { state.flyer = null; layer.select(null); mark(null); write(); });
    function pick(flyer, opener, quietly) {
      var full = remember(flyer);
      state.flyer = full.id;
      layer.select(full);
      mark(full.id);
      write();
      if (framed) {
        if (!quietly) window.parent.postMessage({type: 'tamemap:flyer', id: full.id, title: full.title}, location.origin);
        return;
      }
      sheet.fill(full, state.near);
      sheet.open(opener);
      uncover(full);
      if (!full.url) fetchFlyer(full.id).then(function (whole) { if (state.flyer === whole.id) sheet.fill(whole, state.near); }, function () {});
    }
    // The pin must not lie under the sheet: the map gives way.
    function uncover(flyer) {
      if (!isFinite(flyer.lat) || !map.getSize().x) return;
      var frame = map.getContainer().getBoundingClientRect(), cover = sheet.node.getBoundingClientRect(), at = map.latLngToContainerPoint([flyer.lat, flyer.lng]);
      var x = at.x + frame.left, y = at.y + frame.top;
      if (x < cover.left - 30 || x > cover.right + 30 || y < cover.top - 60) return;
      map.panBy(cover.width > frame.width * 0.9 ? [0, y - Math.max(frame.top + 40, cover.top - 70)] : [x - cover.right - 140, 0], {animate: !calm});
    }
    function fetchFlyer(id) { return json(data.api + '/flyers/' + encodeURIComponent(id)).then(remember); }
    function goTo(id, quietly) {
      var have = known[id] && isFinite(known[id].lat) ? Promise.resolve(known[id]) : fetchFlyer(id);
      return have.then(function (flyer) {
        turn('map');
        if (isFinite(flyer.lat)) map.setView([flyer.lat, flyer.lng], Math.max(map.getZoom(), 16), {animate: false});
        pick(flyer, null, quietly);
      }, function () { tell(words.gone, 'warning'); });
    }
    if (framed) list.addEventListener('click', function (event) {
      var item = event.target.closest('.tm-card');
      if (!item || !known[item.getAttribute('data-id')] || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      pick(known[item.getAttribute('data-id')], null);
    });
    ['mouseover', 'focusin'].forEach(function (name) {
      list.addEventListener(name, function (event) { var item = event.target.closest('[data-id]'); layer.glance(item ? item.getAttribute('data-id') : null); });
    });
    ['mouseleave', 'focusout'].forEach(function (name) { list.addEventListener(name, function () { layer.glance(null); }); });

    /* list or map, where there is room for one only */
    var toggle = el('button', {type: 'button', 'class': 'tm-button tm-viewtoggle'});
    function turn(view) {
      root.setAttribute('data-tm-view', view);
      toggle.textContent = '';
      toggle.appendChild(icon(GLYPHS + (view === 'map' ? 'list' : 'map')));
      toggle.appendChild(document.createTextNode(view === 'map' ? words.show_list : words.show_map));
      if (view === 'map') { map.invalidateSize(); layer.refresh(); }
    }
    toggle.addEventListener('click', function () { turn(root.getAttribute('data-tm-view') === 'map' ? 'list' : 'map'); window.scrollTo(0, 0); });

    /* the ground: boundaries always, and their names when the tiles stay away */
    function ground() {
      map.createPane('tm-boundaries').style.zIndex = 350;
      map.createPane('tm-names').style.zIndex = 360;
      L.geoJSON(unwound(data.boundaries || {type: 'FeatureCollection', features: []}), {pane: 'tm-boundaries', interactive: false, style: {className: 'tm-boundary'}, onEachFeature: function (feature, shape) {
        L.marker(insideOf(feature.geometry, shape.getBounds().getCenter()), {pane: 'tm-names', interactive: false, keyboard: false, icon: L.divIcon({className: 'tm-town', iconSize: [0, 0], html: el('span', {}, feature.properties.name || '')})}).addTo(map);
      }}).addTo(map);
      var tiled = false;
      map.eachLayer(function (each) {
        if (!(each instanceof L.TileLayer)) return;
        var came = 0, lost = 0;
        tiled = true;
        each.on('tileload', function () { came++; lost = 0; bare(false); });
        each.on('tileerror', function () { if (++lost >= 4 && lost > came) bare(true); });
        each.on('loading', function () { came = 0; });
      });
      if (!tiled) bare(true, true);
    }
    // rings come as their first place and the way to each next one (see formats/light_outlines.py)
    function unwound(given) {
      if (given.per) given.features.forEach(function (feature) {
        feature.geometry.coordinates = feature.geometry.coordinates.map(function (rows) { return rows.map(function (row) {
          var ring = [], x = 0, y = 0;
          for (var i = 0; i < row.length; i += 2) ring.push([(x += row[i]) / given.per, (y += row[i + 1]) / given.per]);
          return ring.concat([ring[0]]);
        }); });
      });
      return given;
    }
    // Where the outline is widest at its middle latitude: a name there stands inside, whatever the shape.
    function insideOf(shape, centre) {
      var cuts = [], best = null;
      [].concat.apply([], shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates).forEach(function (ring) {
        ring.forEach(function (to, i) {
          var from = ring[i - 1];
          if (from && (from[1] > centre.lat) !== (to[1] > centre.lat)) cuts.push(from[0] + (centre.lat - from[1]) * (to[0] - from[0]) / (to[1] - from[1]));
        });
      });
      cuts.sort(function (a, b) { return a - b; });
      for (var i = 1; i < cuts.length; i += 2) if (!best || cuts[i] - cuts[i - 1] > best[1] - best[0]) best = [cuts[i - 1], cuts[i]];
      return best ? [centre.lat, (best[0] + best[1]) / 2] : centre;
    }
    function bare(yes, wished) {
      if (root.classList.contains('tm-no-tiles') === yes) return;
      root.classList.toggle('tm-no-tiles', yes);
      if (yes && !wished) tell(words.no_tiles);
    }

    /* begin */
    if (!isFinite(map.getMaxZoom())) map.setMaxZoom(DEEPEST);
    root.classList.add('tm-js');
    if (framed) root.classList.add('tm-framed');
    (document.querySelector('.tm-mapview') || document.body).appendChild(toggle);
    map.invalidateSize({animate: false});
    var holder = map.getContainer();
    holder.setAttribute('role', 'region');
    holder.setAttribute('aria-label', words.map_label);
    if (map.attributionControl) map.attributionControl.setPosition('bottomleft').setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
    var layer = T.flyerLayer(map, {url: base + '/tiles', query: asks(), words: words, categories: data.categories, bounds: data.map.bounds, first: data.items,
      onPick: function (flyer, marker) { pick(flyer, marker.getElement()); },
      onPile: function (bounds) { only = [bounds[0] - 1e-5, bounds[1] - 1e-5, bounds[2] + 1e-5, bounds[3] + 1e-5]; refreshList().then(function () { turn('list'); }); },
      onFail: function () { tell(words.failed, 'warning', layer.refresh); }});
    ground();
    T.introduce = function () { T.introductions(map, data, base, framed, linked); };
    if (T.introductions) T.introduce();
    var hash = /^#(\d+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(location.hash);
    turn(hash || framed || data.embed || state.flyer ? 'map' : 'list');
    if (hash) { moved = true; map.setView([+hash[2], +hash[3]], +hash[1], {animate: false}); refreshList(); }
    else if (!list.children.length) tally();
    layer.refresh();
    if (state.flyer) goTo(state.flyer);
    // Only what a person does to the map narrows the list; a window that grows does not.
    var settle = later(250, function () { refreshList(); write(); });
    ['dragstart', 'zoomstart', 'keydown'].forEach(function (name) { map.on(name, function () { moved = true; only = null; }); });
    map.on('moveend', function () { if (moved && map.getSize().x) settle(); });
    window.addEventListener('message', function (event) {
      var message = event.data;
      if (event.origin !== location.origin || !message || typeof message !== 'object') return;
      if (message.type === 'tamemap:refresh') { layer.forget(); refreshList(); }
      if (message.type !== 'tamemap:show') return;
      if (message.id) goTo(String(message.id), true);
      else if (isFinite(message.lat) && isFinite(message.lng)) { turn('map'); map.setView([message.lat, message.lng], Math.max(map.getZoom(), 16), {animate: !calm}); }
    });
    if (framed) window.parent.postMessage({type: 'tamemap:ready', map: data.map.slug}, location.origin);
    return {layer: layer, show: goTo, refresh: refreshList};
  };
})();
