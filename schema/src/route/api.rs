//! The API, `/api/v1`: the addresses that pages, islands and answers name. Every path there is stands where it is answered, in
//! `server/src/api`.

use std::fmt::Display;

routes! {
    /// What could stand at a place of a query.
    COMPLETIONS completions() "/api/v1/completions";
    /// What a text may be a duplicate of.
    SIMILAR similar() "/api/v1/deltas/similar";
    /// One's own vote on a delta.
    VOTE vote(delta) "/api/v1/deltas/{delta}/vote";
    /// One comment.
    COMMENT comment(delta, comment) "/api/v1/deltas/{delta}/comments/{comment}";
    /// A text as HTML.
    MARKDOWN markdown() "/api/v1/markdown";
    /// Files.
    ATTACHMENTS attachments() "/api/v1/attachments";
    /// One board.
    BOARD board(org, board) "/api/v1/orgs/{org}/boards/{board}";
    /// What happens on a board, as it happens.
    BOARD_EVENTS board_events(org, board) "/api/v1/orgs/{org}/boards/{board}/events";
    /// One task.
    TASK task(task) "/api/v1/tasks/{task}";
    /// Where a task stands.
    PLACEMENT placement(task) "/api/v1/tasks/{task}/placement";
}
