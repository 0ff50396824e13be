//! Running the instance: who may make an account, invitations, people.

use leptos::prelude::*;
use schema::{
    problem::fault,
    route,
    setting::{Account, AdminPage, Invite, MadeInvite, State},
    user::Registration,
};
use time::OffsetDateTime;

use super::user::refusal;
use crate::part::{self, Field, Tick, Tone};

/// The whole page.
pub fn admin(page: AdminPage) -> AnyView {
    let AdminPage { me, registration, invites, made, people, find, refused, now } = page;
    let next = people.next.map(|cursor| route::with_query(route::ADMIN, &[("find", &find), ("cursor", &cursor)]));
    let rows = people.items.into_iter().map(|person| person_row(person, &me, now)).collect_view();
    let table = view! {
        <table>
            <thead><tr><th scope="col">"Name"</th><th scope="col">"E-mail"</th><th scope="col">"Here since"</th><th scope="col"><span class="hid">"Actions"</span></th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {part::pager(next)}
    };
    let search = view! {
        <form class="row-of" method="get" action=route::admin() role="search">
            <input class="in" type="search" name="find" value=find aria-label="People whose name or e-mail begins with" placeholder="name or e-mail"/>
            <button class="btn" type="submit">"Find"</button>
        </form>
    };
    view! {
        <div class="narrow">
            <h1>"This instance"</h1>
            <div class="stack mt">
                {refusal(&refused)}
                {made.map(shown)}
                {part::panel("Who may make an account", view! { <div class="body">{mode(registration)}</div> })}
                {(registration != Registration::Closed).then(|| invitations(invites, fault(&refused, "note"), now))}
                {part::panel_with("People", "", search, table)}
            </div>
        </div>
    }
    .into_any()
}

fn mode(registration: Registration) -> AnyView {
    let words = |mode: Registration| match mode {
        Registration::Open => "Anybody",
        Registration::Invite => "Who was invited",
        Registration::Closed => "Nobody: accounts are made at the server's command line",
    };
    let tick = |mode: &Registration| Tick { value: mode.as_str().to_owned(), label: words(*mode).to_owned(), dot: "" };
    let answers = Registration::ALL.iter().map(tick).collect();
    let choice = part::choice("registration", "Who may make an account", answers, Some(registration.as_str()));
    part::post(&route::admin_registration(), view! { {choice}<div class="row-of">{part::submit("Save")}</div> })
}

fn invitations(invites: Vec<Invite>, error: Option<String>, now: OffsetDateTime) -> AnyView {
    let rows = invites
        .into_iter()
        .map(|Invite { id, note, created_at, expires_at }| {
            let name = if note.is_empty() { "without a note".to_owned() } else { note };
            let label = format!("Withdraw the invitation {name}");
            view! {
                <tr>
                    <td class="t">{name}</td>
                    <td data-l="Made">{part::ago(created_at, now)}</td>
                    <td data-l="Ends">{part::ago(expires_at, now)}</td>
                    <td class="end">
                        <form method="post" action=route::admin_invite_withdraw(id)><button class="btn small danger" type="submit" aria-label=label>"Withdraw"</button></form>
                    </td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <table>
                <thead><tr><th scope="col">"For whom"</th><th scope="col">"Made"</th><th scope="col">"Ends"</th><th scope="col"><span class="hid">"Actions"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    let field = Field::new("note", "For whom").max(200).hint("A reminder for you; the link makes one account within 7 days.").error(error);
    let form =
        part::post(&route::admin_invites(), view! { {field.text("text")}<div class="row-of">{part::submit("Create an invitation")}</div> });
    part::panel("Invitations", view! { {table}<div class="body">{form}</div> })
}

/// The link of an invitation, this once.
fn shown(made: MadeInvite) -> impl IntoView {
    view! {
        <section class="notice good" role="status">
            <div class="stack-sm grow">
                <p>"Send this link to the one you invite. It is not shown again, and works once within 7 days."</p>
                <input class="in mono" type="text" readonly value=made.url aria-label="The invitation's link" autocomplete="off"/>
            </div>
        </section>
    }
}

fn person_row(account: Account, me: &str, now: OffsetDateTime) -> impl IntoView + use<> {
    let Account { name, display_name, email, is_admin, state, created_at } = account;
    let suspended = state == State::Suspended;
    let (to, words) = if suspended { (State::Active, "Let in again") } else { (State::Suspended, "Suspend") };
    let button = (name != me).then(|| {
        view! {
            <form method="post" action=route::admin_person(&name)>
                <input type="hidden" name="state" value=to.as_str()/>
                <button class="btn small" class:danger=!suspended type="submit" aria-label=format!("{words}: {name}")>{words}</button>
            </form>
        }
    });
    view! {
        <tr>
            <td>
                <a class="t" href=route::person(&name)>{display_name}</a>" "<span class="id">"@"{name}</span>" "
                {is_admin.then(|| part::pill(Tone::Accent, "runs the instance"))}
                {suspended.then(|| part::pill(Tone::Bad, "suspended"))}
            </td>
            <td data-l="E-mail">{email.unwrap_or_else(|| "imported, without an account".to_owned())}</td>
            <td data-l="Here since">{part::ago(created_at, now)}</td>
            <td class="end">{button}</td>
        </tr>
    }
}
