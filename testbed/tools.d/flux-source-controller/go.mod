module fairlead/testbed/tools/flux-source-controller

go 1.26.0

require (
	github.com/fluxcd/source-controller v1.3.0
	github.com/fluxcd/source-controller/api v1.3.0
)
