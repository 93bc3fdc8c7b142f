use axum::{Router, extract::Path, routing::get};

#[tokio::main]
async fn main() {
    let app = Router::new()
        .route("/", get(|| async { "Hello from Rust\n" }))
        .route("/hello/{name}", get(hello))
        .route("/healthz", get(|| async { "ok\n" }));
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".into());
    let listener = tokio::net::TcpListener::bind(format!("0.0.0.0:{port}"))
        .await
        .expect("the port is free");
    axum::serve(listener, app)
        .with_graceful_shutdown(asked_to_stop())
        .await
        .expect("the server runs");
}

async fn hello(Path(name): Path<String>) -> String {
    format!("Hello, {name}\n")
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be had");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
