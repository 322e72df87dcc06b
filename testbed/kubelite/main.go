// Command kubelite is a whole Kubernetes in one executable: the control plane, the node programs
// and the etcd they store into. The testbed's cluster script starts it once per component, so one
// static file of known versions (see go.mod) replaces the images and packages of a distribution.
//
// The first argument names the component; all others are that component's own flags, unchanged.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sort"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// exitUsage is the exit code for a call that names no component we have.
const exitUsage = 2

// component runs to its end with os.Args holding what the stand-alone program would see there,
// and returns the exit code.
type component struct {
	purpose string
	run     func() int
}

// components maps the names the cluster script uses to the programs behind them.
var components = map[string]component{
	"etcd": {"the key-value store behind the API server", func() int {
		etcdmain.Main(os.Args)
		return 0
	}},
	"apiserver": {"the Kubernetes API", func() int {
		return cli.Run(apiserver.NewAPIServerCommand())
	}},
	"controller-manager": {"the built-in controllers", func() int {
		return cli.Run(controllermanager.NewControllerManagerCommand())
	}},
	"scheduler": {"assigns pods to nodes", func() int {
		return cli.Run(scheduler.NewSchedulerCommand())
	}},
	"kubelet": {"runs this node's pods", func() int {
		return cli.Run(kubelet.NewKubeletCommand(context.Background()))
	}},
	"proxy": {"makes Services reachable from this node", func() int {
		return cli.Run(proxy.NewProxyCommand())
	}},
}

func main() {
	if len(os.Args) < 2 {
		usage(os.Stderr)
		os.Exit(exitUsage)
	}
	name := os.Args[1]
	if name == "help" || name == "-h" || name == "--help" {
		usage(os.Stdout)
		return
	}
	chosen, known := components[name]
	if !known {
		fmt.Fprintf(os.Stderr, "kubelite: there is no component %q\n\n", name)
		usage(os.Stderr)
		os.Exit(exitUsage)
	}
	// The components parse os.Args themselves, each taking the first element as its own name.
	os.Args = os.Args[1:]
	os.Exit(chosen.run())
}

func usage(w io.Writer) {
	names := make([]string, 0, len(components))
	for name := range components {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Fprintln(w, "usage: kubelite COMPONENT [the component's own flags]")
	fmt.Fprintln(w, "Runs one component of Kubernetes in the foreground. Components:")
	for _, name := range names {
		fmt.Fprintf(w, "  %-19s %s\n", name, components[name].purpose)
	}
}
