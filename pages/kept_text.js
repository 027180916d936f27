// What somebody types outlives what NiceGUI keeps of a page: a reload, a restart of the app, a long time offline.
// It is in the tab's own storage, under the name of who typed it; without storage it lives as long as the page.
const PREFIX = "kept-text:";

function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // the browser keeps nothing for this site
  }
}

export default {
  template: "<div><slot></slot></div>",
  props: { owner: String, name: String },
  computed: {
    key() {
      return `${PREFIX}${this.owner}:${this.name}`;
    },
  },
  methods: {
    field() {
      return this.$el.querySelector("input, textarea");
    },
    keep() {
      storage()?.setItem(this.key, this.field().value);
    },
    forget() {
      storage()?.removeItem(this.key);
    },
    restore() {
      const kept = storage()?.getItem(this.key);
      const field = this.field();
      if (!kept || !field || field.value) return;
      field.value = kept;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    forgetOthers() {
      if (!this.owner) return; // nobody knows yet who is here
      const own = `${PREFIX}${this.owner}:`;
      for (const key of Object.keys(storage() ?? {})) {
        if (key.startsWith(PREFIX) && !key.startsWith(own)) storage().removeItem(key);
      }
    },
  },
  watch: {
    owner: "forgetOthers",
  },
  mounted() {
    this.forgetOthers();
    if (!this.name) return;
    this.$el.addEventListener("input", this.keep);
    this.$nextTick(this.restore);
  },
};
