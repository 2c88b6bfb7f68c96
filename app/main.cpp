#include "app/verbs/command_line.h"
#include "app/window/run_window.h"

int main(int argc, char** argv)
{
    return heedmap::runCommandLine(argc, argv, heedmap::runWindow);
}
