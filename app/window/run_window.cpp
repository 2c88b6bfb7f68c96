#include "app/window/run_window.h"

#include "app/window/icons.h"
#include "app/window/main_window.h"
#include "app/window/theme.h"
#include "app/window/window_settings.h"

#include <QApplication>

namespace heedmap {

int runWindow(QApplication& application, const WindowStart& start)
{
    loadIcons();
    applyTheme(application, savedTheme());
    EngineClient engine;
    MainWindow window(engine, CaptureCache(CaptureCache::standardFolder()));
    window.show();
    window.openShipped();
    for (const QString& file : start.files)
        window.openPath(file);
    if (start.demo)
        window.startDemo();
    return application.exec();
}

} // namespace heedmap
