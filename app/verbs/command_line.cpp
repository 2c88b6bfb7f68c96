#include "app/verbs/command_line.h"

#include "app/verbs/demo_render.h"
#include "app/verbs/verb.h"
#include "core/base/error.h"
#include "core/base/nearest_names.h"

#include <QApplication>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace heedmap {

namespace {

struct CommandLine
{
    CLI::App app{"Heedmap shows what multimodal transformers attend to.", "heedmap"};
    std::vector<std::string> files;
    std::string renderFolder;
    bool quitWhenShown = false;
    CLI::App* open = nullptr;
    CLI::App* demo = nullptr;
    std::vector<std::pair<CLI::App*, std::function<int()>>> actions; ///< one per verb, in the order of verbs()

    CommandLine()
    {
        app.set_version_flag("--version", std::string("heedmap ") + HEEDMAP_VERSION);
        app.footer("Without a verb the window opens. Exit status: 0 done, 1 failed, 2 wrong use.");
        app.add_flag("--quit-when-shown", quitWhenShown,
                     "End as soon as the window has been painted once, with the picture of the files that are opened, "
                     "and print \"shown\": to test an installation");
        app.require_subcommand(0, 1);
        open = app.add_subcommand("open", "Open the window with captures, chains, pictures or a model folder");
        open->add_option("file", files, "Files to open");
        demo = app.add_subcommand("demo", "Open the window on a sample question to the shipped model");
        demo->add_option("--render", renderFolder,
                         "Run every sample and write pictures into this folder, without a window");
        for (const Verb& verb : verbs()) {
            CLI::App* subcommand = app.add_subcommand(verb.name, verb.summary);
            actions.emplace_back(subcommand, verb.declare(*subcommand));
        }
    }

    std::vector<std::string> verbNames() const
    {
        std::vector<std::string> names;
        for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; }))
            names.push_back(subcommand->get_name());
        return names;
    }
};

int report(const std::string& message, int status)
{
    fmt::print(stderr, "heedmap: {}\n", message);
    return status;
}

int guarded(const std::function<int()>& action)
{
    try {
        return action();
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::InvalidRequest)
            return report(error.what(), kWrongUse);
        return report(error.what(), kFailed);
    } catch (const std::bad_alloc&) {
        return report("there is not enough memory for this", kFailed);
    } catch (const std::exception& error) {
        return report(error.what(), kFailed);
    }
}

std::unique_ptr<QCoreApplication> headlessApplication(VerbApplication kind, int& argc, char** argv)
{
    if (kind == VerbApplication::Core)
        return std::make_unique<QCoreApplication>(argc, argv);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    return std::make_unique<QGuiApplication>(argc, argv);
}

int runWindow(int argc, char** argv, OpenWindow openWindow, const WindowStart& start)
{
    QApplication application(argc, argv);
    return openWindow(application, start);
}

/// `heedmap FILE…` is what a desktop calls: puts in the verb it means. Errors: InvalidRequest for a first word that is
/// neither verb nor file, with the nearest verbs.
void completeVerb(const CommandLine& line, std::vector<std::string>& words)
{
    const std::vector<std::string> names = line.verbNames();
    if (words.empty() || words.front().starts_with('-') || std::ranges::find(names, words.front()) != names.end())
        return;
    std::error_code unreadable; // then it is no file for us
    if (!std::filesystem::exists(words.front(), unreadable))
        throw Error(ErrorKind::InvalidRequest, "there is no verb or file \"{}\" (heedmap --help lists the verbs){}",
                    words.front(), didYouMean(words.front(), names));
    words.insert(words.begin(), "open");
}

int dispatch(CommandLine& line, int argc, char** argv, OpenWindow openWindow)
{
    WindowStart start;
    start.quitWhenShown = line.quitWhenShown;
    for (const std::string& file : line.files)
        start.files << QString::fromLocal8Bit(file);
    for (std::size_t i = 0; i < line.actions.size(); ++i) {
        const auto& [subcommand, action] = line.actions[i];
        if (!subcommand->parsed())
            continue;
        const auto application = headlessApplication(verbs()[i].application, argc, argv);
        return guarded(action);
    }
    if (line.demo->parsed() && !line.renderFolder.empty()) {
        const auto application = headlessApplication(VerbApplication::Headless, argc, argv);
        return guarded([&] { return renderDemo(line.renderFolder); });
    }
    start.demo = line.demo->parsed();
    return runWindow(argc, argv, openWindow, start);
}

} // namespace

int runCommandLine(int argc, char** argv, OpenWindow openWindow)
{
    QCoreApplication::setApplicationName("heedmap");
    QCoreApplication::setOrganizationName("heedmap");
    QCoreApplication::setApplicationVersion(HEEDMAP_VERSION);
    std::signal(SIGXFSZ, SIG_IGN); // a file size limit is then an error of the write, which says what to do
    CommandLine line;
    std::vector<std::string> words(argv + 1, argv + argc);
    try {
        completeVerb(line, words);
        std::ranges::reverse(words); // CLI11 takes its words last first
        line.app.parse(words);
    } catch (const Error& error) {
        return report(error.what(), kWrongUse);
    } catch (const CLI::ParseError& error) {
        return line.app.exit(error) == 0 ? kDone : kWrongUse;
    }
    return dispatch(line, argc, argv, openWindow);
}

} // namespace heedmap
