module trailkeeper.example/e2e/logcheck

go 1.19

require golang.org/x/mod v0.17.0
