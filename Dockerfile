# kmu as one static file in an otherwise empty image:
#
#   docker build --tag kmu .
#   docker run --interactive --rm kmu --ephemeral
#   docker run --interactive --tty --rm --volume kmu:/state kmu
FROM rust:1-alpine AS build
# SQLite is compiled from its C sources.
RUN apk add --no-cache musl-dev
WORKDIR /kmu
COPY . .
RUN cargo build --release --locked && mkdir /state && chmod 700 /state

FROM scratch
COPY --from=build /kmu/target/release/kmu /kmu
COPY --from=build --chown=1000:1000 /state /state
# Temporary files lie beside what they replace, so nothing else is written.
ENV KMU_STATE=/state
USER 1000:1000
WORKDIR /state
VOLUME /state
ENTRYPOINT ["/kmu"]
