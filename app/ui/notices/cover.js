// What stands above a page, whatever it shows: the banner at its top and, if need be, a cover over all of it.
// It is in the browser's top layer, in the body, so that no dialog and no stacking of the page's own is above it. Quasar's
// dialog takes back the focus from whatever gets it, as it hears at the body (focusin): what has it here keeps it.
const KEYS = ["keydown", "keypress", "keyup"];

export default {
  template: `
    <div style="display: contents">
      <Teleport to="body">
        <div ref="box" popover="manual" class="ssi-notices" :class="{ 'ssi-covers': covers }" @focusin.stop>
          <div v-show="!covers" class="ssi-banner"><slot></slot></div>
          <div v-show="covers" ref="cover" class="ssi-cover" role="alertdialog" aria-modal="true"
            :aria-labelledby="labelledby" :aria-describedby="describedby" tabindex="-1"><slot name="cover"></slot></div>
        </div>
      </Teleport>
    </div>`,
  props: { covers: Boolean, removes: Boolean, channel: String, signedIn: Boolean, labelledby: String, describedby: String },
  methods: {
    /** Above what has come into the top layer meanwhile. */
    raise() {
      const box = this.$refs.box;
      this.place();
      if (!box.showPopover || box.contains(document.activeElement)) return; // it is there, and would lose the focus
      if (box.matches(":popover-open")) box.hidePopover();
      box.showPopover();
    },
    /** The banner begins below the page's own header. */
    place() {
      const bottoms = [...document.querySelectorAll(".q-header")].map((header) => header.getBoundingClientRect().bottom);
      const top = Math.min(Math.max(0, ...bottoms), innerHeight / 3);
      this.$refs.box.style.setProperty("--ssi-top", `${top}px`);
    },
    /** Nobody gets at what is below: not by the keyboard, not with a screen reader, not what comes later either. */
    hide() {
      document.querySelectorAll("dialog:modal").forEach((dialog) => dialog.close()); // would leave us without a click
      for (const element of document.body.children) {
        if (element === this.$refs.box || element.inert) continue;
        element.inert = true;
        this.hidden.add(element);
      }
    },
    cover() {
      this.focused = document.activeElement;
      this.hide();
      this.observer.observe(document.body, { childList: true });
      for (const type of KEYS) window.addEventListener(type, this.keep, true);
      this.$refs.cover.focus({ preventScroll: true });
    },
    uncover() {
      this.observer.disconnect();
      for (const type of KEYS) window.removeEventListener(type, this.keep, true);
      for (const element of this.hidden) element.inert = false;
      this.hidden.clear();
      this.focused?.focus?.({ preventScroll: true });
    },
    /** The page's own keys do nothing: Escape would close a dialog with what was typed into it. */
    keep(event) {
      if (event.key === "Escape" || !this.$refs.box.contains(event.target)) event.stopImmediatePropagation();
    },
    /** What the app cannot take away from the page: what it has handed over to the browser, and built the page from. */
    remove() {
      const left = ".q-notification, .q-tooltip, .q-menu, script:not([src]):not([type=importmap])";
      document.querySelectorAll(left).forEach((element) => element.remove());
    },
    follow() {
      if (this.covers !== this.isCovering) {
        this.isCovering = this.covers;
        if (this.covers) this.cover();
        else this.uncover();
      }
      if (this.removes) this.remove();
    },
    tell(event) {
      if (event.data === "signed-in" && !this.signedIn) this.$emit("signed-in");
    },
    /** Pages of this app in the same browser know of each other, also those of whom the app knows nothing yet. */
    listen() {
      if (!this.channel || !window.BroadcastChannel) return;
      this.others = new BroadcastChannel(this.channel);
      this.others.onmessage = this.tell;
      if (this.signedIn) this.others.postMessage("signed-in");
    },
  },
  created() {
    this.hidden = new Set(); // what we have made inert, and so what is to be made usable again
    this.isCovering = false;
    this.observer = new MutationObserver(() => this.hide());
  },
  mounted() {
    this.raise();
    this.follow();
    this.listen();
    window.addEventListener("resize", this.place);
  },
  updated() {
    this.raise();
    this.follow();
  },
  unmounted() {
    if (this.isCovering) this.uncover();
    this.others?.close();
    window.removeEventListener("resize", this.place);
  },
};
