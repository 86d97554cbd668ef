// <trailkeeper-audit-logs url="…"></trailkeeper-audit-logs>: an organization's audit log inside your own page.
//
// `url` is what POST /v1/embed_tokens answered your server, asked with your key. It ends after 15 minutes; the element says
// `trailkeeper-token-needed` ahead of that, and goes on when it gets another: event.detail.use(url), or a new `url` attribute.
//
//   <script src="https://logs.example.com/embed.js"></script>
//   log.addEventListener('trailkeeper-token-needed', async (event) => event.detail.use(await freshUrlFromYourServer()));
//
// Attributes: url; theme="light" or "dark" (else as the reader's system); label (for screen readers, "Audit Logs").
// The element is as high as what it shows, between `--trailkeeper-height-min` (20rem) and `--trailkeeper-height-max`
// (90% of the window); further than that it scrolls inside.
(() => {
  // A constructed sheet: the content security policy of the page around it does not forbid that.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; }
    iframe {
      display: block; width: 100%; height: var(--height, 0); border: 0; color-scheme: normal;
      min-height: var(--trailkeeper-height-min, 20rem); max-height: var(--trailkeeper-height-max, 90vh);
    }`);

  class AuditLogs extends HTMLElement {
    static observedAttributes = ['url', 'theme', 'label'];
    #frame = null;
    #origin = '';
    #listen = (event) => this.#hear(event);

    connectedCallback() {
      window.addEventListener('message', this.#listen);
      this.#show();
    }

    disconnectedCallback() {
      window.removeEventListener('message', this.#listen);
      this.#frame?.remove();
      this.#frame = null;
    }

    attributeChangedCallback(name, before, after) {
      if (!this.isConnected || before === after) return;
      if (name === 'url' && this.#frame) this.#handIn(after);
      else this.#show();
    }

    // Makes the frame, or makes it anew when it has to look otherwise.
    #show() {
      const given = this.getAttribute('url');
      if (!given) return;
      const address = new URL(given);
      this.#origin = address.origin;
      const theme = this.getAttribute('theme');
      if (theme === 'light' || theme === 'dark') address.searchParams.set('theme', theme);
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [sheet];
      const frame = document.createElement('iframe');
      frame.title = this.getAttribute('label') ?? 'Audit Logs';
      frame.allow = 'clipboard-write';
      frame.referrerPolicy = 'no-referrer';
      frame.src = address.href;
      root.replaceChildren(frame);
      this.#frame = frame;
    }

    // The page in the frame takes a new token without losing its place. Only that page hears it.
    #handIn(url) {
      const address = new URL(url);
      if (address.origin !== this.#origin) {
        this.#show();
        return;
      }
      this.#frame.contentWindow?.postMessage({ type: 'trailkeeper:token', token: address.hash.slice(1) }, this.#origin);
    }

    #hear(event) {
      if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== this.#origin) return;
      const { type, height } = event.data ?? {};
      if (type === 'trailkeeper:height' && Number.isFinite(height)) this.#frame.style.setProperty('--height', `${Math.ceil(height)}px`);
      if (type === 'trailkeeper:token-needed') {
        const use = (url) => this.#handIn(url);
        this.dispatchEvent(new CustomEvent('trailkeeper-token-needed', { bubbles: true, composed: true, detail: { use } }));
      }
    }
  }

  if (!customElements.get('trailkeeper-audit-logs')) customElements.define('trailkeeper-audit-logs', AuditLogs);
})();
