//! The files of a delta or a task: small pictures of images, names of everything else, and the form to bring more.

use leptos::prelude::*;
use schema::attachment::{Attachment, size_in_words};
use schema::route;
use time::OffsetDateTime;

use super::{Icon, ago, icon, panel_with};

/// What the panel shows besides the files.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The key of the delta or task.
    pub key: String,
    /// Where the form goes; none where the reader may bring no file.
    pub action: Option<String>,
    /// The reader's handle.
    pub me: Option<String>,
    /// Whether they may take any of the files away.
    pub decides: bool,
    /// Why the form was refused.
    pub refused: Option<String>,
}

/// The panel; nothing where there is no file and none may be brought.
pub fn attachments(files: &[Attachment], about: About, now: OffsetDateTime) -> AnyView {
    if files.is_empty() && about.action.is_none() {
        return ().into_any();
    }
    let lines = files.iter().map(|file| line(file, &about, now)).collect_view();
    let list = (!files.is_empty()).then(|| view! { <ul class="files">{lines}</ul> });
    let error = about.refused.as_ref().map(|words| view! { <p class="error" id="f-file-error">{words.clone()}</p> });
    let described = about.refused.as_ref().map(|_| "f-file-error");
    let form = about.action.as_ref().map(|action| {
        view! {
            <form class="row-of files-form" method="post" action=action.clone() enctype="multipart/form-data">
                <label class="hid" for="f-file">"Files to attach"</label>
                <input class="in grow" id="f-file" type="file" name="file" multiple required aria-describedby=described/>
                <button class="btn" type="submit">"Attach"</button>
            </form>
        }
    });
    let count = if files.is_empty() { String::new() } else { files.len().to_string() };
    panel_with("Files", &count, (), view! { <div class="body stack-sm small" id="files">{list}{error}{form}</div> })
}

fn line(file: &Attachment, about: &About, now: OffsetDateTime) -> AnyView {
    let picture = match file.image {
        true => view! { <img src=file.url.clone() alt="" loading="lazy" width="56" height="42"/> }.into_any(),
        false => view! { <span class="sort">{icon(Icon::Link)}</span> }.into_any(),
    };
    let may = about.decides || about.me.as_deref() == Some(file.uploaded_by.name.as_str());
    let remove = may.then(|| {
        view! {
            <form class="act" method="post" action=route::attachment_remove(file.id)>
                <input type="hidden" name="back" value=about.key.clone()/>
                <button class="btn quiet small" type="submit">"Remove"<span class="hid">" "{file.name.clone()}</span></button>
            </form>
        }
    });
    view! {
        <li>
            {picture}
            <span class="grow">
                <a class="link" href=file.url.clone()>{file.name.clone()}</a>
                <span class="faint xs">{format!("{} · {}, ", size_in_words(file.size), file.uploaded_by.display_name)}{ago(file.created_at, now)}</span>
            </span>
            {remove}
        </li>
    }
    .into_any()
}
