package process

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/ascli-go/ascli/plugins/transfer/management"
)

// cancelByMessage: a process cannot be interrupted by a signal here, ascp takes
// the command CANCEL instead.
const cancelByMessage = true

func sendCancel(conn net.Conn) {
	message, err := management.Message{{Name: management.FieldType, Value: management.Cancel}}.Append(nil)
	if err != nil {
		return
	}
	// If ascp does not read it, it is killed after the grace.
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = conn.Write(message)
}

func boundToUs() *syscall.SysProcAttr { return nil }

// onItsOwn gives a process no console: no Ctrl-C of ours reaches it.
func onItsOwn() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS}
}

// bindToUs puts the process in a job object that ends with its last handle, ours:
// the system closes it when we die.
func bindToUs(p *os.Process) (release func()) {
	nothing := func() {}
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nothing
	}
	release = func() { _ = windows.CloseHandle(job) }
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		release()
		return nothing
	}
	handle, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.Pid))
	if err != nil {
		release()
		return nothing
	}
	defer func() { _ = windows.CloseHandle(handle) }()
	if err := windows.AssignProcessToJobObject(job, handle); err != nil {
		release()
		return nothing
	}
	return release
}

func interrupt(*os.Process) {}

// killTree ends a process by force; its children end with the job object. It fails
// only for a process that has ended.
func killTree(p *os.Process) { _ = p.Kill() }

func exitText(state *os.ProcessState) string { return fmt.Sprintf("exit %d", state.ExitCode()) }
