//! The way from page to page: what a text shows, what the address bar says, what is undone.

use std::time::Duration;

use eframe::egui::{self, ThemePreference};

use super::Shell;
use crate::app::health::Level;
use crate::app::history::History;
use crate::app::url::{State, ThemeChoice};
use crate::labs::{Command, Pairs};

impl Shell {
    /// Shows what a text says, without writing it anywhere.
    pub(super) fn follow(&mut self, ctx: &egui::Context, text: &str) {
        let (state, warnings) = State::parse(text);
        self.health.clear_notices();
        for warning in warnings {
            self.health.say(Level::Notice, warning);
        }
        self.embed = state.embed;
        self.link_theme = state.theme;
        self.use_theme(ctx);
        let page = state.lab.as_deref().and_then(|slug| {
            let found = self.exhibits.iter().position(|exhibit| exhibit.lab.meta().slug == slug);
            if found.is_none() {
                self.health.say(Level::Notice, self.unknown_lab(slug));
            }
            found
        });
        let stays = page == self.page;
        if !stays {
            self.leave();
        }
        self.page = page;
        if let Some(exhibit) = page.and_then(|page| self.exhibits.get_mut(page)) {
            let applied = exhibit.lab.apply(&state.pairs);
            exhibit.extra = state.pairs.into_iter().filter(|(key, _)| !applied.used.contains(key)).collect();
            if stays {
                exhibit.history.commit(exhibit.lab.settings());
            } else {
                exhibit.history = History::new(exhibit.lab.settings());
            }
            for warning in applied.warnings {
                self.health.say(Level::Notice, warning);
            }
        }
        self.name_window(ctx);
    }

    fn unknown_lab(&self, slug: &str) -> String {
        let known: Vec<_> = self.exhibits.iter().map(|exhibit| exhibit.lab.meta().slug).collect();
        format!("There is no lab “{slug}” here; there is: {}.", known.join(", "))
    }

    /// Opens a page because the visitor asked for it; none for the gallery.
    pub(in crate::app) fn go(&mut self, ctx: &egui::Context, page: Option<usize>) {
        let before = self.page;
        if page != before {
            self.leave();
            self.health.clear_notices();
            self.page = page;
            self.name_window(ctx);
        }
        self.record(ctx, before);
    }

    /// The lab that is left stops training: nobody watches it.
    fn leave(&mut self) {
        if let Some(lab) = self.lab() {
            lab.command(Command::Pause);
        }
    }

    /// Writes the present state to the address bar: a new entry when the page changed.
    pub(super) fn record(&mut self, ctx: &egui::Context, before: Option<usize>) {
        let text = self.state();
        if before == self.page {
            let now = ctx.input(|input| input.time);
            self.router.change(text, now);
            ctx.request_repaint_after(Duration::from_secs_f64(self.router.wait(now).unwrap_or(0.0)));
        } else {
            for write in self.router.open(text) {
                self.host.write(&write);
            }
        }
    }

    pub(in crate::app) fn undo(&mut self, ctx: &egui::Context) {
        self.step_history(ctx, |history| history.undo().cloned());
    }

    pub(in crate::app) fn redo(&mut self, ctx: &egui::Context) {
        self.step_history(ctx, |history| history.redo().cloned());
    }

    fn step_history(&mut self, ctx: &egui::Context, step: impl FnOnce(&mut History) -> Option<Pairs>) {
        let Some(exhibit) = self.page.and_then(|page| self.exhibits.get_mut(page)) else { return };
        if let Some(settings) = step(&mut exhibit.history) {
            exhibit.lab.apply(&settings);
            self.record(ctx, self.page);
        }
    }

    /// Chooses the other theme, for good.
    pub(in crate::app) fn toggle_theme(&mut self, ctx: &egui::Context) {
        let choice = match ctx.theme() {
            egui::Theme::Dark => ThemeChoice::Light,
            egui::Theme::Light => ThemeChoice::Dark,
        };
        self.prefs.theme = Some(choice);
        self.host.store(&self.prefs.format());
        self.link_theme = self.link_theme.and(Some(choice));
        self.use_theme(ctx);
        self.record(ctx, self.page);
    }

    /// A link comes before the visitor's choice, and that before the system's.
    fn use_theme(&self, ctx: &egui::Context) {
        ctx.set_theme(match self.link_theme.or(self.prefs.theme) {
            Some(ThemeChoice::Light) => ThemePreference::Light,
            Some(ThemeChoice::Dark) => ThemePreference::Dark,
            None => ThemePreference::System,
        });
    }
}
