//! One set of icons, drawn on a 24-unit grid as strokes; size and colour come from where they stand.

use leptos::prelude::*;

/// The icons there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are what they show")]
pub enum Icon {
    Delta,
    Menu,
    Close,
    Search,
    Plus,
    Check,
    Alert,
    Info,
    Clock,
    User,
    Users,
    Settings,
    Board,
    List,
    Inbox,
    Link,
    External,
    Edit,
    Trash,
    More,
    ChevronRight,
    ChevronDown,
    ArrowUp,
    ArrowDown,
    Lock,
    Tag,
    Comment,
    Promise,
    SignOut,
    Undo,
}

impl Icon {
    /// The strokes.
    fn path(self) -> &'static str {
        match self {
            Self::Delta => "M12 4 21 20H3Z",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::Close => "m6 6 12 12M18 6 6 18",
            Self::Search => "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Check => "m5 13 4 4L19 7",
            Self::Alert => "M12 4 21.5 20h-19ZM12 10v4M12 17v.01",
            Self::Info => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 8v.01",
            Self::Clock => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2",
            Self::User => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 20c1-4 4-5 8-5s7 1 8 5",
            Self::Users => "M9 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 20c.6-4 3-5 7-5s6.4 1 7 5M16 4.5a4 4 0 0 1 0 7M18.5 15.5c2 .6 3 2 3.5 4.5",
            Self::Settings => "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5v-5M9 19.5v-5",
            Self::Board => "M4 4h4.5v16H4ZM9.75 4h4.5v11h-4.5ZM15.5 4H20v7h-4.5Z",
            Self::List => "M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01",
            Self::Inbox => "M4 13 7 5h10l3 8v6H4ZM4 13h5l1 2.5h4l1-2.5h5",
            Self::Link => "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
            Self::External => "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
            Self::Edit => "M4 20h4L20 8l-4-4L4 16ZM13 7l4 4",
            Self::Trash => "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
            Self::More => "M5 12h.01M12 12h.01M19 12h.01",
            Self::ChevronRight => "m9 5 7 7-7 7",
            Self::ChevronDown => "m5 9 7 7 7-7",
            Self::ArrowUp => "M12 20V4M5 11l7-7 7 7",
            Self::ArrowDown => "M12 4v16M5 13l7 7 7-7",
            Self::Lock => "M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            Self::Tag => "M4 4h8l8 8-8 8-8-8ZM8 8h.01",
            Self::Comment => "M4 5h16v11H11l-5 4v-4H4Z",
            Self::Promise => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 12V3M12 12h9",
            Self::SignOut => "M10 4H5v16h5M15 8l4 4-4 4M19 12H9",
            Self::Undo => "M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4",
        }
    }
}

/// An icon. It says nothing by itself: the words stand beside it, or as `aria-label` on its button.
pub fn icon(icon: Icon) -> AnyView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=icon.path()></path></svg> }.into_any()
}
