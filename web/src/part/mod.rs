//! Small server-rendered components. Plain functions: text in, view out.
//!
//! They take `&str` and numbers rather than a page's view model, so that every page can use them.

pub mod attachments;
pub mod card;
pub mod chart;
pub mod crash_panel;
pub mod evidence_panel;
pub mod flow_chart;
pub mod form;
pub mod frame;
pub mod icon;
pub mod impact;
pub mod impact_chart;
pub mod impact_panel;
pub mod mark;
pub mod prose;
pub mod query;
pub mod standings_panel;
pub mod state;
pub mod time;
pub mod tried;

pub use attachments::{About, attachments};
pub use chart::{Bar, bars, runs, spark};
pub use crash_panel::{crash_panel, found_trace, known_crashes, stacks};
pub use evidence_panel::{acceptance_panel, evidence_panel};
pub use form::{Field, Tick, act, buttons, check, choice, post, preview_button, severities, sheet, submit, text_buttons};
pub use frame::{Crumb, crumbs, empty, notice, notice_with, pager, panel, panel_with, tabs};
pub use icon::{Icon, icon};
pub use impact::{impact, impact_in, segment, segments, track};
pub use impact_chart::{signed, trend_spark};
pub use impact_panel::impact_panel;
pub use mark::{Tone, avatar, id, id_link, kind, kind_mark, org_mark, pill, priority, priority_bars};
pub use prose::{capital, prose};
pub use query::query_box;
pub use standings_panel::standings_panel;
pub use state::{commitment, consensus, resolution, stance, verdict};
pub use time::{ago, day, moment, relative};
pub use tried::Tried;
