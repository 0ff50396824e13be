//! People and customers without an account, for whom one speaks.

use leptos::prelude::*;
use schema::{
    outsider::{Outsider, OutsidersPage},
    route,
};

use crate::part::{self, Crumb, Tone, Tried};

/// Those of an organisation or a project.
pub fn outsiders(page: OutsidersPage) -> AnyView {
    let title = if page.customers { "Customers" } else { "Users without an account" };
    let about = if page.customers {
        "Whom your members speak for: a vote on a delta's page, “On behalf of others”. Each counts once. Outsiders read their names only where the organisation is open."
    } else {
        "Whom the maintainers speak for, as from a mailing list: a vote on a delta's page, “On behalf of others”. Each counts once."
    };
    let body = if page.outsiders.is_empty() {
        let step = view! { <a class="btn" href=route::deltas()>"All deltas"</a> };
        part::empty("Nobody yet", "Who has no account here and told you what hits them: record their vote on the delta's page.", step)
    } else {
        let rows = page.outsiders.iter().map(|one| row(one, &page)).collect_view();
        view! {
            <table>
                <thead><tr><th scope="col">"Who"</th><th scope="col">"How to reach them"</th><th scope="col" class="num">"Votes"</th><th scope="col">"Account"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let refused = page.refused.as_ref().map(|refused| part::notice(Tone::Bad, &refused.problem.in_words()));
    view! {
        <div class="narrow">
            {part::crumbs(vec![Crumb::link(page.of.clone(), page.back.clone()), Crumb::text(title)])}
            <h1>{title}</h1>
            <p class="muted small">{about}</p>
            <div class="stack mt">{refused}<section class="panel">{body}</section></div>
        </div>
    }
    .into_any()
}

fn row(one: &Outsider, page: &OutsidersPage) -> AnyView {
    let company = (!one.company.is_empty()).then(|| view! { <span class="sub faint xs">{one.company.clone()}</span> });
    view! {
        <tr data-row="">
            <td><span class="t">{one.name.clone()}</span>{company}</td>
            <td data-l="Contact" class="muted">{one.contact.clone()}</td>
            <td data-l="Votes" class="num">{one.votes}</td>
            <td data-l="Account">{account(one, page)}</td>
        </tr>
    }
    .into_any()
}

/// Which account it is, is said to be, or the form to say so.
fn account(one: &Outsider, page: &OutsidersPage) -> AnyView {
    if let Some(person) = &one.claimed_by {
        return view! { <a href=route::person(&person.name)>{person.display_name.clone()}</a> }.into_any();
    }
    let action = route::outsider_account(one.id);
    if let Some(person) = &one.offered_to {
        let back = page.decides.then(|| part::act(&action, "Take back", "btn quiet small", &[("user", ""), ("at", &page.here)]));
        return view! { <span class="row-of"><span class="muted">{format!("{} is asked", person.display_name)}</span>{back}</span> }
            .into_any();
    }
    if !page.decides {
        return view! { <span class="faint">"none"</span> }.into_any();
    }
    let label = format!("Handle of {}'s account", one.name);
    let tried = Tried::of(&page.refused, "account").with("outsider", &one.id.to_string());
    let typed = tried.typed("user").unwrap_or_default().to_owned();
    let id = format!("account-{}", one.id.simple());
    let wrong = tried.fault("user");
    let (about, invalid) = (wrong.is_some().then(|| id.clone()), wrong.is_some().then_some("true"));
    let wrong = wrong.map(|words| view! { <p class="error" id=id>{words}</p> });
    view! {
        <form class="row-of one" method="post" action=action>
            <input type="hidden" name="at" value=page.here.clone()/>
            <input
                class="in mono" type="text" name="user" value=typed required maxlength="64" aria-label=label placeholder="handle"
                autofocus=tried.refused() aria-describedby=about aria-invalid=invalid
            />
            <button class="btn small" type="submit">"Ask them"</button>
        </form>
        {wrong}
    }
    .into_any()
}
