# Needs: go
export GOCACHE=$PWD/cache GOPATH=$PWD/path GOFLAGS=-mod=mod GO111MODULE=off
cat >m.go <<'END'
package main
import ("fmt"; "os"; "os/exec"; "sync")
func main() {
	var wg sync.WaitGroup; var mu sync.Mutex; n := 0
	for i := 0; i < 100; i++ { wg.Add(1); go func(i int) { defer wg.Done(); mu.Lock(); n += i; mu.Unlock() }(i) }
	wg.Wait(); out, err := exec.Command("sh", "-c", "echo from sh; exit 4").Output()
	fmt.Println(n, string(out), err); os.Exit(6)
}
END
go build -o m m.go; ./m; echo "status $?"
