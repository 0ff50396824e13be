//! Which users one is, and was.

use leptos::prelude::*;
use schema::{
    route,
    segment::{Stay, StaysPage},
};
use time::OffsetDateTime;

use super::user::tabs;
use crate::part;

/// The tab "Segments" of one's settings.
pub fn stays(page: StaysPage) -> AnyView {
    let StaysPage { stays, now } = page;
    let (here, gone): (Vec<&Stay>, Vec<&Stay>) = stays.iter().partition(|stay| stay.left_at.is_none());
    let body = if here.is_empty() {
        let step = view! { <a class="btn" href=route::projects()>"Projects"</a> };
        part::empty("You are in no segment", "A project's page says which users it has. Voting makes you one of everyone.", step)
    } else {
        let rows = here.iter().map(|stay| row(stay, now)).collect_view();
        view! {
            <table>
                <thead><tr><th scope="col">"Segment"</th><th scope="col">"Project"</th><th scope="col">"Since"</th><th scope="col"><span class="hid">"Leave"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let before = (!gone.is_empty()).then(|| {
        let rows = gone.iter().map(|stay| {
            view! {
                <tr>
                    <td>{stay.name.clone()}</td>
                    <td data-l="Project"><a href=route::project(&stay.project)>{stay.project_name.clone()}</a></td>
                    <td data-l="From">{part::ago(stay.joined_at, now)}</td>
                    <td data-l="Until">{stay.left_at.map(|at| part::ago(at, now))}</td>
                </tr>
            }
        });
        let table = view! {
            <table>
                <thead><tr><th scope="col">"Segment"</th><th scope="col">"Project"</th><th scope="col">"From"</th><th scope="col">"Until"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        };
        part::panel("Before", table)
    });
    view! {
        <div class="narrow">
            <h1>"Settings"</h1>
            {tabs(&route::settings_segments())}
            <div class="stack"><p class="muted small">"Your votes count in the segments you are in when you cast them, also after you leave. Where you join later, vote again."</p>{part::panel("Which users you are", body)}{before}</div>
        </div>
    }
    .into_any()
}

fn row(stay: &Stay, now: OffsetDateTime) -> impl IntoView + use<> {
    let action = route::segment_me(&stay.project, &stay.slug);
    let words = if stay.everyone { "Leave the project" } else { "Leave" };
    view! {
        <tr data-row="">
            <td>{stay.name.clone()}</td>
            <td data-l="Project"><a href=route::project(&stay.project)>{stay.project_name.clone()}</a></td>
            <td data-l="Since">{part::ago(stay.joined_at, now)}</td>
            <td class="end">
                <form class="act" method="post" action=action>
                    <input type="hidden" name="member" value="no"/>
                    <input type="hidden" name="at" value="settings"/>
                    <button class="btn quiet small" type="submit">{words}<span class="hid">{format!(" {} of {}", stay.name, stay.project_name)}</span></button>
                </form>
            </td>
        </tr>
    }
}
