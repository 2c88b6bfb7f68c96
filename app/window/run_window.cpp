#include "app/window/run_window.h"

#include "app/window/icons.h"
#include "app/window/main_window.h"
#include "app/window/theme.h"
#include "app/window/window_settings.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/views/stage_view.h"

#include <QApplication>
#include <QEvent>

#include <cstdio>
#include <functional>
#include <memory>
#include <utility>

namespace heedmap {

namespace {

/// Ends the program after the first frame of the widget it watches in which there is what is waited for, and says
/// "shown".
class QuitWhenShown : public QObject
{
public:
    QuitWhenShown(QWidget& watched, std::function<bool()> isThere) : m_isThere(std::move(isThere))
    {
        watched.installEventFilter(this);
    }

    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && m_isThere()) {
            watched->removeEventFilter(this);
            // The children are painted in the same pass, after the window: only the next turn of the loop is after all.
            QMetaObject::invokeMethod(qApp, &endShown, Qt::QueuedConnection);
        }
        return false;
    }

private:
    std::function<bool()> m_isThere;

    static void endShown()
    {
        std::puts("shown");
        std::fflush(stdout);
        QApplication::quit();
    }
};

/// Without files: the window. With files: a picture on the stage.
std::unique_ptr<QuitWhenShown> watchFor(MainWindow& window, const WindowStart& start)
{
    auto* stage = dynamic_cast<StageView*>(window.view("stage"));
    if (start.files.isEmpty() || !stage)
        return std::make_unique<QuitWhenShown>(window, [] { return true; });
    return std::make_unique<QuitWhenShown>(
        stage->canvas(), [&context = window.context()] { return !context.selection().picture().isNull(); });
}

} // namespace

int runWindow(QApplication& application, const WindowStart& start)
{
    loadIcons();
    applyTheme(application, savedTheme());
    EngineClient engine;
    MainWindow window(engine, CaptureCache(CaptureCache::standardFolder()));
    const std::unique_ptr<QuitWhenShown> quitWhenShown = start.quitWhenShown ? watchFor(window, start) : nullptr;
    window.show();
    window.openShipped();
    for (const QString& file : start.files)
        window.openPath(file);
    if (start.demo)
        window.startDemo();
    return application.exec();
}

} // namespace heedmap
