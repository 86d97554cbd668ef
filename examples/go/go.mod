module trailkeeper.example/send

go 1.19

require github.com/workos/workos-go/v6 v6.4.0

require github.com/google/uuid v1.6.0 // indirect
